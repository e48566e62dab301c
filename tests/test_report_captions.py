"""Captions of error correction say what the figures show, and only where they do."""

from __future__ import annotations

from typing import Any

from qubudget.report.qec_captions import causes_caption, courses_caption, distance_caption


def runs(x: tuple[float, float], z: tuple[float, float]) -> list[dict[str, Any]]:
    ends = {"X": x, "Z": z}
    return [
        {"distance": d, "basis": basis, "low": low / d, "high": high / d}
        for d in (3, 7)
        for basis, (low, high) in ends.items()
    ]


def report(t1: float, t2: float, simulated: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "coherence": {"t1_s": t1, "t2_s": t2},
        "qec": {"background": {"simulated": simulated}},
    }


def test_bases_that_differ_say_why_where_the_times_do_explain_it() -> None:
    z_worse, x_worse = runs((1.0, 2.0), (3.0, 4.0)), runs((3.0, 4.0), (1.0, 2.0))
    said = distance_caption(report(68e-6, 89e-6, z_worse))
    assert "Basis Z fails more often" in said
    assert "T2 is above T1" in said
    assert "Basis X fails more often" in distance_caption(report(108e-6, 91e-6, x_worse))
    # T2 above T1 does not make phase flips the more frequent ones
    assert "Basis" not in distance_caption(report(68e-6, 89e-6, x_worse))
    alike = runs((1.0, 3.5), (3.0, 4.0))
    assert "Basis" not in distance_caption(report(68e-6, 89e-6, alike))
    assert "Basis" not in distance_caption({})


def burst(unaware: list[float], erasure: list[float], worst: float) -> dict[str, Any]:
    courses = [
        {"class": "a", "decoder": name, "time_s": [4e-5, 1e-4], "error_per_cycle": values}
        for name, values in (("unaware", unaware), ("erasure", erasure))
    ]
    return {"burst": {"courses": courses}, "placement": {"burst": {"time_s": worst}}}


def test_the_course_says_when_it_begins_late_and_when_erasure_loses() -> None:
    said = courses_caption(burst([4e-3, 1e-3], [6e-3, 1e-3], 4.2e-6))
    assert "the first stretch holds the worst moment" in said
    assert "it can do worse" in said
    said = courses_caption(burst([4e-3, 1e-3], [3e-3, 1e-3], 1e-4))
    assert "first stretch" not in said
    assert "do worse" not in said


def test_failures_of_bursts_end_at_three_quarters_in_the_surface_code() -> None:
    classes = {"classes": [{"name": "a"}]}
    assert "3/4" in causes_caption({"family": "surface", "burst": classes})
    assert "3/4" not in causes_caption({"family": "repetition", "burst": classes})
    assert "3/4" not in causes_caption({"family": "surface", "burst": {}})
