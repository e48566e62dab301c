"""The figures of the two papers, redrawn: printed numbers as marks, computed ones as lines.

The paper "thermal-constraints" has no figure; its text describes curves, a sweep and a table, which
are drawn here. The paper "radiation-impacts" has eight figures. Figs. 2, 3, 4 and 6 are plots,
whose points are lost from the text: what their captions and the text print of them (the plateau of
0.57, one pair between two and four gaps, rates at one energy, the fits) stands as marks, and no
point is made up. Figs. 1 (excitations), 5 (escape through wire bonds) and 8 (traps) are drawings
without data and are left out; of Fig. 7, a circuit, the two quality factors that the text prints
are drawn. Table 5's stages are drawn as times, reaches and T1.
"""

from __future__ import annotations

from collections.abc import Mapping

from qubudget.report.canvas import Draw
from qubudget.report.reading import Data


def paper_figures(document: Data) -> Mapping[str, Draw]:
    """Names and functions of the figures of one paper.

    document : of `qubudget.papers.reproduce(...).to_dict()`; each function takes it and axes.
        Figures whose names begin with "figure-" are the paper's own by number.

    Raises
    ------
    KeyError: a document of no such paper.
    """
    from qubudget.report.paper_figures import radiation, thermal

    known = {"thermal-constraints": thermal.FIGURES, "radiation-impacts": radiation.FIGURES}
    return known[str(document.get("paper"))]
