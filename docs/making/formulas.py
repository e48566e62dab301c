"""Formulas as MathML, which browsers draw themselves: no script, nothing from the network."""

import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

_NAMED = re.compile(r"\\(?:cosh?|coth|ln|sinh?|tanh?)(?![a-z])(?=\s*(?:\w|\\(?!left)))")
"""A function without brackets: a space sets it off from what it is of."""
_LOGGER = logging.getLogger(__name__)


def mathml(node: Any, written: str, display: str) -> str:
    """MathML of a formula; a warning where the converter did not know what was written.

    It passes on what it does not know: a command as its own name, an ``&`` as such (in
    ``aligned``, whose lines are better written as formulas of their own).
    """
    text = str(convert(_NAMED.sub(r"\g<0>\\,", written), display=display))
    try:
        lost = any("\\" in part for part in ElementTree.fromstring(text).itertext())
    except ElementTree.ParseError:
        lost = True
    if lost:
        _LOGGER.warning("a formula that cannot be drawn: %s", written, location=node)
    return text


def inline(translator: Any, node: nodes.math) -> None:
    """A formula in a line."""
    translator.body.append(mathml(node, node.astext(), "inline"))
    raise nodes.SkipNode


def block(translator: Any, node: nodes.math_block) -> None:
    """Formulas of their own, ``\\qquad`` between them: side by side where there is room."""
    parts = "".join(mathml(node, part, "block") for part in node.astext().split(r"\qquad"))
    translator.body.append(f'<div class="formula">{parts}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Make it the renderer called ``mathml``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
