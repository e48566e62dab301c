"""Docstrings of the package, which are plain text, as reStructuredText.

They are written for the reader of the code: equations in plain letters, quantities as
``name : unit``. Marks that reStructuredText would take for its own are escaped; doctests,
literals in double backticks and roles stay; headings with a line below become bold.
"""

import inspect
import re
from typing import Any

_KEPT = re.compile(r"``[^`]+``|:[a-z:]+:`[^`]+`")
_DEFINED = re.compile(r"[\w*`][\w*`, .]* : |[A-Z]\w+Error(?:, [A-Z]\w+Error)*: ")
_MARKS = re.compile(r"([*`|\\])|(?<=\w)(_)(?!\w)")


def escaped(line: str) -> str:
    """One line of plain text whose marks mean nothing."""
    out, at = [], 0
    for kept in _KEPT.finditer(line):
        out += [_escape(line[at : kept.start()]), kept.group()]
        at = kept.end()
        if line[at : at + 1].isalnum():
            out.append("\\ ")  # or the literal would not end here
    return "".join([*out, _escape(line[at:])])


def _escape(text: str) -> str:
    return _MARKS.sub(lambda found: "\\" + found.group(), text)


def as_restructured_text(
    app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Sphinx's hook: change ``lines`` in place."""
    lines[:] = converted(lines)


def converted(lines: list[str]) -> list[str]:
    """Paragraphs escaped; doctests as they are; what is indented as a literal block."""
    out: list[str] = []
    for paragraph in _paragraphs(lines):
        first = paragraph[0]
        if first.lstrip().startswith(">>>"):
            out += paragraph
        elif len(paragraph) > 1 and re.fullmatch(r"\s*-{3,}\s*", paragraph[1]):
            out += [f"**{escaped(first.strip())}**", ""]
            out += _definitions(paragraph[2:])
        elif all(line.startswith("  ") for line in paragraph):
            out += ["::", "", *paragraph]
        elif first.lstrip().startswith(("- ", "* ")) and not first.startswith(" "):
            out += _items(paragraph)
        else:
            out += _definitions(paragraph)
        out.append("")
    return out


def _paragraphs(lines: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _definitions(paragraph: list[str]) -> list[str]:
    """Lines of text; where one defines a name or has deeper lines below, each stands apart."""
    if not any(line.startswith(" ") or _DEFINED.match(line) for line in paragraph):
        return [escaped(line) for line in paragraph]
    deeper = any(line.startswith(" ") for line in paragraph)
    out: list[str] = []
    for line in paragraph:
        goes_on = line.startswith(" ") if deeper else not _DEFINED.match(line)
        if goes_on and out:
            out[-1] += " " + escaped(line.strip())
        else:
            out.append("| " + escaped(line.strip()))
    return out


def _items(paragraph: list[str]) -> list[str]:
    out: list[str] = []
    for line in paragraph:
        mark = line.lstrip()[:2] in ("- ", "* ")
        out.append(f"- {escaped(line.strip()[2:])}" if mark else "  " + escaped(line.strip()))
    return out


def written_signature(
    app: Any, what: str, name: str, obj: Any, options: Any, signature: str, returned: str
) -> tuple[str, str] | None:
    """Sphinx's hook: arguments and return as the source writes them (``ArrayLike``)."""
    if what not in ("function", "method", "class") or not callable(obj):
        return None
    try:
        found = inspect.signature(obj)
    except (TypeError, ValueError):
        return None
    kept = [p for p in found.parameters.values() if p.name not in ("self", "cls")]
    back = found.return_annotation
    shown = "" if what == "class" or back is inspect.Signature.empty else _named(back)
    plain = inspect.Signature(kept)
    return re.sub(r": '([^']*)'", r": \1", str(plain)), shown


def _named(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
