"""A parsed TOML table as TOML text again (the standard library only reads it)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def toml_text(table: Mapping[str, Any]) -> str:
    """TOML text of a table of texts, numbers, truths, lists and tables.

    >>> print(toml_text({"name": "a", "lines": [{"name": "drive", "loss": {"4k": "1 dB"}}]}))
    name = "a"
    <BLANKLINE>
    [[lines]]
    name = "drive"
    loss = { 4k = "1 dB" }
    <BLANKLINE>
    """
    return "\n".join(_lines(table, "")).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Plain values first: a key after a table's heading would belong to that table."""
    deep = {key: value for key, value in table.items() if _is_deep(value, bool(prefix))}
    for key, value in table.items():
        if key not in deep:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in deep.items():
        path = f"{prefix}.{_key(key)}" if prefix else _key(key)
        for part in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{path}]]" if isinstance(value, list) else f"[{path}]"
            yield from _lines(part, path)


def _is_deep(value: Any, inner: bool) -> bool:
    """Whether a value gets a heading of its own; inner tables stand on one line."""
    if isinstance(value, Mapping):
        return not inner
    return not inner and isinstance(value, list) and bool(value) and all(
        isinstance(part, Mapping) for part in value
    )  # fmt: skip


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # repr of an infinity and of a missing number are TOML's own words.
        return repr(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(part)}" for key, part in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(part) for part in value)}]"
    return str(value)
