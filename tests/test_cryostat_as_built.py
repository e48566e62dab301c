"""Lines that were counted for a smaller machine are told."""

from __future__ import annotations

from qubudget.cryostat.assembly import solve
from qubudget.design import load


def test_krinners_own_machine_has_nothing_to_tell() -> None:
    """50 drive lines, 50 qubits (Krinner et al. 2019, section 2)."""
    assert solve(load("krinner-xld400")).notices == ()


def test_more_qubits_than_drive_lines_are_told_with_the_number_that_they_serve() -> None:
    grown = load("krinner-xld400").replace({"machine.qubits": 400, "machine.total_qubits": 400})
    (notice,) = solve(grown).notices
    assert "lines.drive.count: 50 lines as built serve 50 qubits, the fridge has 400" in notice
    without = grown.replace({"lines.drive.count": None})
    assert solve(without).notices == ()
    assert solve(without).stage("mxc").load > solve(grown).stage("mxc").load


def test_lines_shared_by_two_qubits_serve_twice_as_many() -> None:
    shared = {"lines.drive.per_group": 4, "lines.drive.count": 25}
    assert solve(load("krinner-xld400").replace(shared)).notices == ()
    (notice,) = solve(load("krinner-xld400").replace(shared | {"lines.drive.count": 24})).notices
    assert "serve 48 qubits" in notice
