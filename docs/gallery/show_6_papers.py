"""
The two papers, redrawn
=======================

Printed values as marks, computed ones as lines.
"""

import matplotlib.pyplot as plt

from qubudget.papers import reproduce
