"""What counter-measures against radiation buy."""
