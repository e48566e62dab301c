"""What the shell offers behind the Tab key: designs, keys, names; nothing loads until it is asked.

A shell must never see an error here, so what cannot be read offers nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import typer

REFERENCE = "krinner-xld400"
"""Whose keys are offered before a design is named."""


def complete_design(incomplete: str) -> list[str]:
    """Presets, TOML files, and folders on the way to them."""
    from qubudget.design.reading import preset_names

    return [
        *(name for name in preset_names() if name.startswith(incomplete)),
        *sorted(_files(incomplete)),
    ]


def complete_preset(incomplete: str) -> list[str]:
    """Presets."""
    from qubudget.design.reading import preset_names

    return [name for name in preset_names() if name.startswith(incomplete)]


def complete_key(context: typer.Context, incomplete: str) -> list[str]:
    """Keys of the design on the command line."""
    return _starting(_keys(_design(context)), incomplete)


def complete_setting(context: typer.Context, incomplete: str) -> list[str]:
    """The same with the equals sign behind them: ``--set``, ``--vary``, ``--change``."""
    return [f"{key}=" for key in complete_key(context, incomplete)]


def complete_name(context: typer.Context, incomplete: str) -> list[str]:
    """Everything that ``explain`` knows: keys of the design first."""
    from qubudget.study.explain.catalogue import entries, rules, terms

    names = _keys(_design(context))
    names += [entry.pattern for entry in entries()]
    names += [rule.pattern for rule in rules() if "*" not in rule.pattern]
    names += [term.name for term in terms()]
    return _starting(names, incomplete)


def _design(context: typer.Context) -> str | None:
    """The design on the command line; from the shell's words where an option is unfinished."""
    found = context.params.get("design")
    if isinstance(found, str):
        return found
    from qubudget.design.reading import preset_names

    known = frozenset(preset_names())
    words = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS") or ""
    named = (word for word in words.split() if word in known or word.endswith(".toml"))
    return next(named, None)


def _keys(design: str | None) -> list[str]:
    from qubudget.design.paths import leaves
    from qubudget.design.reading import read
    from qubudget.errors import DesignError

    for name in (design, REFERENCE):
        if isinstance(name, str):
            try:
                return [key for key, _ in leaves(read(name).table)]
            except (DesignError, OSError):
                continue
    return []


def _starting(names: list[str], incomplete: str) -> list[str]:
    return list(dict.fromkeys(name for name in names if name.startswith(incomplete)))


def _files(incomplete: str) -> Iterator[str]:
    head, slash, start = incomplete.rpartition("/")
    folder = Path(head or slash or ".")
    try:
        found = list(folder.iterdir())
    except OSError:
        return
    for path in found:
        if path.name.startswith(start) and (start.startswith(".") or path.name[0] != "."):
            text = f"{head}{slash}{path.name}"
            if path.is_dir():
                yield f"{text}/"
            elif path.suffix == ".toml":
                yield text
