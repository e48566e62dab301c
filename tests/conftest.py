"""Shared by all tests: profiles of hypothesis, the snapshot option, reports of presets, order."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from qubudget import Report

settings.register_profile("house", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("house")
os.environ.setdefault("COLUMNS", "100")
# Small matrices: threads of BLAS that wait for one another take a fifth of a core from the tests
# that run beside them. That results do not depend on threads is tested with 1 and 2 of them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

LONGEST = (
    "test_presets.py",
    "test_schema_walk.py",
    "test_docs_blocks.py",
    "test_study_mitigate.py",
)
"""Files that take a minute or more start first, so that no worker is left alone with one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write tests/snapshots anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def preset_report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    """The whole chain of a preset at quick effort, seed 1, computed once in a run of the tests.

    Workers hand reports to one another as files in the folder of the run.
    """
    from qubudget import evaluate, load
    from qubudget.whole import write_whole

    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    @cache
    def find(name: str) -> Report:
        path = folder / f"{name}.pickle"
        if path.exists():
            found: Report = pickle.loads(path.read_bytes())
        else:
            found = evaluate(load(name), effort="quick", seed=1)
            if found.qec is not None:  # what simulated the bursts stays in its process
                found = replace(found, qec=replace(found.qec, study=None))
            write_whole(path, pickle.dumps(found))
        return found

    return find


@pytest.fixture(scope="session")
def document(preset_report: Callable[[str], Report]) -> Callable[[str], dict[str, Any]]:
    """`preset_report` as plain values."""
    return cache(lambda name: preset_report(name).to_dict())
