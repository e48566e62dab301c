"""The cheapest changes with which a design passes."""
