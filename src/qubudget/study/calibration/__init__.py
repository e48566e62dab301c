"""Parameters fitted to measurements."""
