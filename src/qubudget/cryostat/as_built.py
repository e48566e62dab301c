"""Whether the lines that a design states "as built" can serve its qubits."""

from __future__ import annotations

from qubudget.design.schema import DesignModel


def unserved(design: DesignModel, qubits: int) -> tuple[str, ...]:
    """What to say of every kind of drive line whose stated count is too small for the qubits.

    A count "as built" does not grow with the machine, so its heat would be that of a smaller
    one. Drive lines alone are judged: read-out and pump lines may be shared by more qubits than
    a group has.

    qubits : in one fridge.
    """
    said = []
    for line in design.lines:
        if line.kind != "drive" or line.count is None or line.per_group == 0:
            continue
        served = line.count * design.machine.group_size // line.per_group
        if qubits > served:
            said.append(
                f"lines.{line.name}.count: {line.count} lines as built serve {served} qubits, "
                f"the fridge has {qubits}; without the count, lines follow the qubits"
            )
    return tuple(said)
