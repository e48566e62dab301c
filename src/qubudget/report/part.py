"""One section of the HTML page: its figure as inline SVG, its words, its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from qubudget.report.canvas import Draw, svg
from qubudget.report.reading import Data
from qubudget.report.style import FAINT, INK
from qubudget.report.table import Table

BARE = 1.8
"""Height in inches of a figure that only says why it is empty."""


@dataclass(frozen=True)
class Part:
    """One section of the page: heading, lead, figure (SVG) with its words, tables."""

    anchor: str
    title: str
    lead: str
    figure: Markup | None
    words: str
    caption: str
    tables: tuple[Table, ...]


def part(
    data: Data,
    anchor: str,
    title: str,
    lead: str,
    draw: Draw,
    words: str,
    caption: str,
    parts: list[Table | None] | list[Table],
    height: float,
) -> Part:
    image = inline_svg(svg(draw, data, height), anchor, words)
    return Part(anchor, title, lead, image, words, caption, tuple(t for t in parts if t))


def inline_svg(image: str, prefix: str, words: str) -> Markup:
    """SVG text made fit for a page: its own identifiers, the page's ink, no namespaces.

    The text comes from matplotlib, which escapes what it is given.
    """
    body = image[image.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", body)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = body.replace("xlink:href=", "href=")
    body = re.sub(r'\bid="', f'id="{prefix}-', body)
    body = re.sub(r'href="#', f'href="#{prefix}-', body)
    body = body.replace("url(#", f"url(#{prefix}-")
    body = body.replace(INK, "currentColor").replace(FAINT, "var(--faint)")
    label = Markup.escape(words)
    size = r'<svg width="[^"]*" height="[^"]*"'
    return Markup(re.sub(size, f'<svg role="img" aria-label="{label}"', body, count=1))
