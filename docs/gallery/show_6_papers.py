"""
The two papers, redrawn
=======================

Printed values as marks, computed ones as lines.
"""
