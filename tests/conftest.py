"""Shared by all tests: profiles of hypothesis, the snapshot option, reports of presets."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("house", max_examples=40, deadline=None, derandomize=True)
settings.load_profile("house")
os.environ.setdefault("COLUMNS", "100")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-snapshots", action="store_true", help="write tests/snapshots anew")


@cache
def _document(name: str) -> dict[str, Any]:
    from qubudget import evaluate, load

    return evaluate(load(name), effort="quick", seed=1).to_dict()


@pytest.fixture(scope="session")
def document() -> Callable[[str], dict[str, Any]]:
    """The whole chain of a preset at quick effort, seed 1, computed once per session."""
    return _document
