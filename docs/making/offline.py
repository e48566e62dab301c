"""Built pages ask no other host for scripts, styles, fonts, pictures or frames."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

OUTSIDE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
"""How an address begins that leaves this host."""
_LOADED = {
    "audio": ("src",), "embed": ("src",), "iframe": ("src",), "image": ("href", "xlink:href"),
    "img": ("src", "srcset"), "input": ("src",), "link": ("href",), "object": ("data",),
    "script": ("src",), "source": ("src", "srcset"), "track": ("src",), "use": ("href",),
    "video": ("src", "poster"),
}  # fmt: skip
"""Attributes by which a browser loads something without being asked."""
_NOT_LOADED = {"author", "canonical", "help", "license", "next", "prev", "search"}
"""Relations of links that are only followed when asked for."""
_STYLE = re.compile(
    r"(?:url\(\s*[\"']?|@import\s*[\"'])\s*((?:https?:)?//[^\s\"')]*)", re.IGNORECASE
)


class _Page(HTMLParser):
    """Collects what a page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._style = tag == "style"
        self.found += _STYLE.findall(given.get("style", ""))
        if tag == "link" and set(given.get("rel", "").lower().split()) & _NOT_LOADED:
            return
        for name in _LOADED.get(tag, ()):
            value = given.get(name, "")
            places = value.split(",") if name == "srcset" else [value]
            self.found += [place.strip() for place in places if OUTSIDE.match(place)]

    def handle_data(self, data: str) -> None:
        if self._style:
            self.found += _STYLE.findall(data)


def outside(path: Path) -> list[str]:
    """Addresses on other hosts from which a page (HTML) or a style sheet (CSS) loads something."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".css":
        return _STYLE.findall(text)
    page = _Page()
    page.feed(text)
    return page.found


def references(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every page or style sheet of a folder that loads from another host, with the address."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".css"):
            yield from ((path, address) for address in outside(path))


def check(app: Any, error: Exception | None) -> None:
    """Sphinx's hook after a build: a warning for each, so that the build fails."""
    from sphinx.util import logging

    if error is None and app.builder.format == "html":
        for path, address in references(Path(app.outdir)):
            name = path.relative_to(app.outdir)
            logging.getLogger(__name__).warning("%s loads from another host: %s", name, address)


def setup(app: Any) -> None:
    """Check every build."""
    app.connect("build-finished", check)
