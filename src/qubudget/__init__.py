"""qubudget: will this superconducting quantum computer work, and if not, what has to change?

import qubudget as qb
design = qb.load("krinner-xld400")
report = qb.evaluate(design, effort="quick", seed=1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qubudget.design import Design, load, loads, preset_names
    from qubudget.errors import ConvergenceError, DesignError, OutOfRangeError
    from qubudget.pipeline import Report, evaluate

__version__ = "0.1.0"
__all__ = [
    "ConvergenceError",
    "Design",
    "DesignError",
    "OutOfRangeError",
    "Report",
    "evaluate",
    "load",
    "loads",
    "preset_names",
]

_HOMES = {
    "Design": "qubudget.design",
    "load": "qubudget.design",
    "loads": "qubudget.design",
    "preset_names": "qubudget.design",
    "ConvergenceError": "qubudget.errors",
    "DesignError": "qubudget.errors",
    "OutOfRangeError": "qubudget.errors",
    "Report": "qubudget.pipeline",
    "evaluate": "qubudget.pipeline",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import qubudget`` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'qubudget' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
