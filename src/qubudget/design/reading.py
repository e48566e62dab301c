"""From a file or a preset's name to one merged table, knowing where each value came from."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from qubudget.design.paths import Raw, copied, leaves, member_named, merge, nearest, remove_value
from qubudget.design.problems import shown
from qubudget.errors import DesignError, Problem

Steering = Mapping[str, list[str]]
"""The lists ``parts``, ``remove`` and ``replace`` of a file."""
MAX_BYTES = 1_000_000
MAX_DEPTH = 4
_PRESET = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")
_BESIDE = re.compile(r"^[a-z0-9][a-z0-9_-]{0,59}\.toml$")


@dataclass(frozen=True)
class Written:
    """A merged design file: the table, and for each path the file or preset that set it."""

    table: Raw
    origins: Mapping[str, str]


def preset_names() -> tuple[str, ...]:
    """Names of the designs that ship with qubudget, in alphabetical order."""
    return _names("presets")


def preset_text(name: str) -> str:
    """The TOML text of a preset; DesignError where there is none of this name."""
    names = preset_names()
    if not _PRESET.match(name) or name not in names:
        raise DesignError(
            name,
            [Problem("preset", shown(name), "one of " + ", ".join(names), nearest(name, names))],
        )
    return (files("qubudget.design") / "presets" / f"{name}.toml").read_text("utf-8")


def part_names() -> tuple[str, ...]:
    """Names of the parts that ship with qubudget: fridges to lay beneath a design."""
    return _names("parts")


def _names(folder: str) -> tuple[str, ...]:
    found = (files("qubudget.design") / folder).iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in found if f.name.endswith(".toml")))


def read(design: str | Path) -> Written:
    """Read a TOML file, or a preset by its name, and lay it on its bases.

    Raises
    ------
    DesignError: no such file or preset, too large, not UTF-8, not TOML, empty.
    """
    text = str(design)
    if isinstance(design, str) and _PRESET.match(text) and text in preset_names():
        return parse(preset_text(text), f"preset {text}")
    path = Path(text)
    if not path.is_file():
        raise DesignError(text, [_no_file(text, path)])
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise DesignError(text, [Problem("design", str(error), "a readable file")]) from error
    if len(content) > MAX_BYTES:
        size = path.stat().st_size
        raise DesignError(
            text, [Problem("design", f"{size:,} bytes", f"at most {MAX_BYTES:,} bytes of TOML")]
        )
    try:
        return parse(content.decode("utf-8"), path.name, folder=path.parent)
    except UnicodeDecodeError as error:
        words = "binary data, not a TOML file in UTF-8"
        problem = Problem("design", "binary data", "a TOML file in UTF-8", words=words)
        raise DesignError(text, [problem]) from error


def _no_file(text: str, path: Path) -> Problem:
    """Why there is nothing to read; presets are named where the name could be one."""
    names = preset_names()
    allowed = "a TOML file, or one of " + ", ".join(names)
    if path.is_dir():
        return Problem("design", "a folder", allowed, words="a folder, not a TOML file")
    where = f"in {path.parent}" if path.name != text else "in this folder"
    words, close = f"no such file {where}, and no preset of this name", ""
    if path.name == text and not path.suffix:
        close = nearest(text, names)
        words += f"; did you mean {close}?" if close else f"; presets are {', '.join(names)}"
    return Problem("design", repr(text), allowed, close, words)


def parse(text: str, origin: str, depth: int = 0, folder: Path | None = None) -> Written:
    """Parse TOML ``text`` and lay it on the parts and the preset that it names.

    The keys ``base`` (a preset's name), ``parts`` (names of shipped parts, or of files
    "name.toml" beside this one), ``remove`` (paths to leave out of what lies below) and
    ``replace`` (sections, or members of lists, of which nothing below is kept) steer the
    merge and are not part of the design.
    """
    if not text.strip():
        words = "an empty file; 'qubudget init' writes one to start from"
        raise DesignError(origin, [Problem("design", "an empty file", "a design", words=words)])
    own, steering = _opened(text, origin, "design")
    base = own.pop("base", None)
    below = Written({}, {})
    if base is not None:
        if not isinstance(base, str) or depth >= MAX_DEPTH:
            allowed = f"the name of a preset, at most {MAX_DEPTH} deep"
            raise DesignError(origin, [Problem("base", shown(base), allowed)])
        below = parse(preset_text(base), f"preset {base}", depth + 1)
    for part in steering["parts"]:
        below = _laid(below, *_part(part, origin, folder), f"part {part}")
    return _laid(below, own, steering, origin)


def _opened(text: str, origin: str, key: str) -> tuple[Raw, Steering]:
    """The table of a TOML text, and the lists that steer its merge; both checked."""
    try:
        own: Raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problem = Problem(key, "no TOML", "TOML", words=_not_toml(text, origin, error))
        raise DesignError(origin, [problem]) from error
    steering = {name: own.pop(name, []) for name in ("parts", "remove", "replace")}
    for name, value in steering.items():
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            allowed = "a list of names" if name == "parts" else "a list of keys"
            raise DesignError(origin, [Problem(name, shown(value), allowed)])
    return own, steering


def _not_toml(text: str, origin: str, error: Exception) -> str:
    """What a text is that is no TOML."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict | list):
        return f"not TOML: {error}"
    adopt = f"qubudget adopt {origin} --design DESIGN"
    return f"this is JSON, not TOML; {adopt!r} takes values from another program's file"


def _part(name: str, origin: str, folder: Path | None) -> tuple[Raw, Steering]:
    """A part's own table, and what it removes and replaces."""
    names = part_names()
    beside = folder is not None and _BESIDE.match(name) is not None
    if name in names:
        text = (files("qubudget.design") / "parts" / f"{name}.toml").read_text("utf-8")
    elif beside and folder is not None and (folder / name).is_file():
        if (folder / name).stat().st_size > MAX_BYTES:
            raise DesignError(origin, [Problem("parts", name, f"at most {MAX_BYTES:,} bytes")])
        text = (folder / name).read_text("utf-8", errors="replace")
    else:
        allowed = "one of " + ", ".join(names) + ", or a file 'name.toml' beside the design"
        raise DesignError(origin, [Problem("parts", shown(name), allowed, nearest(name, names))])
    own, steering = _opened(text, name, "parts")
    nested = [key for key in ("base", "parts") if own.get(key) or steering.get(key)]
    if nested:
        raise DesignError(name, [Problem(nested[0], "in a part", "only in a design")])
    return own, steering


def _laid(below: Written, own: Raw, steering: Steering, origin: str) -> Written:
    table = copied(below.table)
    table.pop("title", None)
    wrong = [path for path in steering["remove"] if not remove_value(table, path)]
    if wrong:
        known = [path for path, _ in leaves(below.table)]
        raise DesignError(
            origin,
            [
                Problem(f"remove.{path}", shown(path), "a key of the base", nearest(path, known))
                for path in wrong
            ],
        )
    for path in steering["replace"]:
        _empty(table, path)
    merged = merge(table, own)
    kept = {path for path, _ in leaves(merged)}
    origins = {**below.origins, **{path: origin for path, _ in leaves(own)}}
    return Written(merged, {path: o for path, o in origins.items() if path in kept})


def _empty(table: Raw, path: str) -> None:
    """Drop a section, or all but the name of one member of a list (which keeps its place)."""
    section, _, name = path.partition(".")
    if not name:
        table.pop(section, None)
    elif isinstance(table.get(section), list):
        member = member_named(table[section], name)
        for key in [key for key in member or {} if key != "name"]:
            del (member or {})[key]
