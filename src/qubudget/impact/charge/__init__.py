"""Charge that a deposit leaves, and what it does to other devices."""
