"""Modular machines of any size, composed of distinct parts."""
