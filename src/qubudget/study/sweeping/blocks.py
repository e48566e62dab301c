"""Results of some points as columns; what evaluators give and the journal keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.study.sweeping.points import Indices
from qubudget.study.sweeping.scalars import Scalar

ERROR = "error"
"""Text column of every block: empty, or why the point has no result."""
KEY = "key"
"""Text column of points that were computed one by one: the hash of what they depend on."""


@dataclass(frozen=True, eq=False)
class Block:
    """Columns over ``indices``: numbers (null is NaN) and texts (null is empty).

    ``texts`` hold `ERROR`; arrays of texts have dtype object.
    """

    indices: Indices
    numbers: dict[str, NDArray[np.float64]]
    texts: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.indices)


def from_rows(indices: Indices, rows: Sequence[dict[str, Scalar]]) -> Block:
    """A block of one row of scalars per point; a column is of texts where any row says so."""
    names = dict.fromkeys(name for row in rows for name in row)
    worded = {name for row in rows for name, value in row.items() if isinstance(value, str)}
    numbers = {
        name: np.array([_number(row.get(name)) for row in rows])
        for name in names
        if name not in worded
    }
    texts = {name: np.array([_text(row.get(name)) for row in rows], object) for name in worded}
    return Block(indices, numbers, texts)


def _number(value: Scalar) -> float:
    return float("nan") if value is None else float(value)


def _text(value: Scalar) -> str:
    return "" if value is None else str(value)


def joined(blocks: Sequence[Block]) -> Block:
    """One block of several; a column that one of them lacks is NaN or empty there."""
    if len(blocks) == 1:
        return blocks[0]
    texts = list(dict.fromkeys(name for block in blocks for name in block.texts))
    numbers = dict.fromkeys(name for block in blocks for name in block.numbers)
    plain = [name for name in numbers if name not in texts]
    number = np.concatenate([_table(block, plain) for block in blocks], axis=1)
    return Block(
        np.concatenate([block.indices for block in blocks]),
        dict(zip(plain, number, strict=True)),
        {name: np.concatenate([texts_of(b, name) for b in blocks]) for name in texts},
    )


def _table(block: Block, names: list[str]) -> NDArray[np.float64]:
    """Columns of numbers as rows. Most blocks hold just these: then without looking at each."""
    if list(block.numbers) == names:
        columns = list(block.numbers.values())
    else:
        columns = [numbers_of(block, name) for name in names]
    if not columns:
        return np.empty((0, len(block)))
    return np.concatenate(columns).reshape(len(names), len(block))


def numbers_of(block: Block, name: str) -> NDArray[np.float64]:
    """A column of numbers; NaN where the block lacks it."""
    found = block.numbers.get(name)
    return np.full(len(block), np.nan) if found is None else found


def texts_of(block: Block, name: str) -> NDArray[Any]:
    """A column as texts; a column that only holds nulls may have been kept as numbers."""
    if name in block.texts:
        return block.texts[name]
    found = ["" if np.isnan(x) else repr(x) for x in numbers_of(block, name).tolist()]
    return np.array(found, dtype=object)
