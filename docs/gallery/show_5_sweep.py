"""
A map of designs
================

Nine hundred designs through cryostat and qubit as arrays, coloured by what binds.
"""

from pathlib import Path
from tempfile import mkdtemp

import qubudget as qb
from qubudget.report.heatmap_figure import draw_heatmap
from qubudget.study.arrays.evaluator import ArrayEvaluator
from qubudget.study.sweeping.sweep import sweep
