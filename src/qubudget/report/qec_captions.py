"""Captions of the figures about error correction: what to know where the data show it."""

from __future__ import annotations

from qubudget.report.reading import Data, number, rows, section


def distance_caption(data: Data) -> str:
    """Of the logical error against distance; why the bases differ, where they do."""
    said = (
        "Logical error per cycle with 95 % intervals; the star is the mean of both bases. Band: "
        "the fit over distance with the envelope of all fit windows, hatched beyond what was "
        "simulated."
    )
    coherence = section(data, "coherence")
    runs = rows(section(data, "qec", "background"), "simulated")
    t1, t2 = number(coherence, "t1_s"), number(coherence, "t2_s")
    worse = _worse_basis(runs)
    if t1 and t2 and worse and worse == ("Z" if t2 > t1 else "X"):
        rule = "above" if t2 > t1 else "below"
        said += (
            f" Basis {worse} fails more often: bits flip at 1/(2 T1), phases at 1/(2 T2), and T2 "
            f"is {rule} T1; distance raises the ratio to a power."
        )
    return said


def _worse_basis(runs: list[Data]) -> str:
    """The basis that is worse at the largest distance, beyond the intervals; else empty."""
    largest = max((number(run, "distance") or 0.0 for run in runs), default=0.0)
    last = {str(run.get("basis")): run for run in runs if number(run, "distance") == largest}
    for worse, better in (("X", "Z"), ("Z", "X")):
        low, high = number(last.get(worse, {}), "low"), number(last.get(better, {}), "high")
        if low is not None and high is not None and low > high:
            return worse
    return ""


def causes_caption(qec: Data) -> str:
    """Of the causes of failures."""
    said = "Failures per day of one logical qubit, quiet errors and every class of bursts."
    if qec.get("family") == "surface" and rows(section(qec, "burst"), "classes"):
        said += " A burst fails with at most 3/4: it then leaves both bases to chance."
    return said


def courses_caption(qec: Data) -> str:
    """Of the course through a burst; why it begins late and what a decoder loses, where so."""
    said = (
        "The class of bursts that costs most. Unaware: weights of quiet times; aware: true rates; "
        "erasure: told which qubits are hit. Bands: 95 %; where they overlap, the samples do not "
        "say which decoder is better."
    )
    courses = rows(section(qec, "burst"), "courses")
    worst = number(section(qec, "placement", "burst"), "time_s")
    starts = [float(c["time_s"][0]) for c in courses if c.get("time_s")]
    if worst is not None and starts and worst < min(starts):
        said += (
            " Points stand in the middle of stretches of about equal noise; the first stretch "
            "holds the worst moment."
        )
    if _erasure_loses(courses):
        said += (
            " The erasure decoder takes a flagged qubit for lost, and so forgets what a weakly hit "
            "one still tells: there it can do worse than the others."
        )
    return said


def _erasure_loses(courses: list[Data]) -> bool:
    """Whether the erasure decoder errs more than the unaware one at some time of a burst."""
    errors = {(c.get("class"), c.get("decoder")): c.get("error_per_cycle") or () for c in courses}
    return any(
        blind > told
        for (name, decoder), values in errors.items()
        if decoder == "erasure"
        for blind, told in zip(values, errors.get((name, "unaware"), ()), strict=False)
    )
