"""Spreads of inputs through the chain, and which input to measure next."""
