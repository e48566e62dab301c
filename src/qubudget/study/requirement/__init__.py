"""What the targets of logical errors ask for."""
