"""A driver of a sweep that a test starts and kills; importing it makes everything ready."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from qubudget import load
from qubudget.study.sweeping import engine
from qubudget.study.sweeping.sweep import sweep
from sweep_toys import Walkers

DESIGN = load("sota-2024")
VARY = ["stages.mxc.rated_power=10 uW..60 uW:60", "loads.load.power=1 uW,2 uW,3 uW,4 uW"]


def drive(path: str, log: str) -> None:
    engine.STORE_SECONDS = 0.05
    sweep(DESIGN, VARY, output=path, resume=True, evaluator=Walkers(0.01, log=log))
