"""What the results of a sweep depend on: its identity, and the attributes of its dataset."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from qubudget import __version__
from qubudget.design import Design
from qubudget.study.calibration.toml_text import to_toml
from qubudget.study.sweeping.points import Space


def manifest_of(
    design: Design,
    space: Space,
    effort: str,
    seed: int,
    wings: Sequence[str],
    evaluator: str,
) -> dict[str, Any]:
    """Version, base design, effort, seed, wings, evaluator and axes, with one hash of all.

    The base design is kept whole, as TOML, so that any point can be computed again.
    """
    depends = {
        "qubudget": __version__,
        "design": design.name,
        "design_sha256": design.sha256(),
        "effort": effort,
        "seed": seed,
        "wings": list(wings),
        "evaluator": evaluator,
    }
    extra = {"title": design.title, "design_toml": to_toml(design.toml_table())}
    return with_space(depends | extra, space)


def with_space(manifest: dict[str, Any], space: Space) -> dict[str, Any]:
    """The manifest of the same computation over other points."""
    found = manifest | {
        "keys": [axis.key for axis in space.axes],
        "paired": int(space.paired),
        "points": space.size,
        "axes_sha256": space.sha256,
    }
    text = json.dumps(identity(found) | {"axes_sha256": space.sha256}, sort_keys=True)
    return found | {"sweep_sha256": hashlib.sha256(text.encode()).hexdigest()}


def identity(manifest: dict[str, Any]) -> dict[str, Any]:
    """What two sweeps must share for their points to be of one kind."""
    names = ("qubudget", "design_sha256", "effort", "seed", "wings", "evaluator", "keys", "paired")
    return {name: manifest[name] for name in names}
