"""The same machine with another design's chip."""

from __future__ import annotations

from qubudget.design import Design
from qubudget.design.paths import leaves


def with_chip(design: Design, other: Design) -> Design:
    """A design with the ``chip`` section of another in place of its own, and both their names.

    Everything else, the qubits and what they sit in among it, stays.

    >>> from qubudget.design import load
    >>> found = with_chip(load("million-qubit"), load("martinis-improved"))
    >>> found.name, found.chip.back_metal_thickness, found.machine.total_qubits
    ('million-qubit-martinis-improved', 6e-06, 1000000)

    Raises
    ------
    DesignError: the two do not go together.
    """
    old = {key for key, _ in leaves({"chip": design.toml_table().get("chip", {})})}
    new = dict(leaves({"chip": other.toml_table().get("chip", {})}))
    name = f"{design.name}-{other.name}"
    return design.replace({**dict.fromkeys(old - set(new)), **new, "name": name})
