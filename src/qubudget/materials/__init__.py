"""Measured properties of matter and parts, each with source, range and, where known, spread.

Values live in ``data``; the modules read them and refuse what lies outside their range.
"""
