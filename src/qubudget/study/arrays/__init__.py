"""What the chain computes per design, for arrays of designs at once."""
