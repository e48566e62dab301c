"""A design's merged table as TOML text: only what a design file can hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from qubudget.design.paths import Raw

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def to_toml(table: Raw) -> str:
    """A design's table as TOML: plain values first, then tables, then lists of tables."""
    return "\n".join(_lines(table)) + "\n"


def _lines(table: Raw) -> Iterator[str]:
    tables = {k: v for k, v in table.items() if isinstance(v, dict)}
    members = {k: v for k, v in table.items() if _is_members(v)}
    for key, value in table.items():
        if key not in tables and key not in members:
            yield f"{_key(key)} = {_value(value)}"
    for key, section in tables.items():
        yield from ("", f"[{_key(key)}]", *(f"{_key(k)} = {_value(v)}" for k, v in section.items()))
    for key, found in members.items():
        for member in found:
            yield from ("", f"[[{_key(key)}]]")
            yield from (f"{_key(k)} = {_value(v)}" for k, v in member.items())


def _is_members(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)
