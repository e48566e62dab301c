"""Results of some points as columns; what evaluators give and the journal keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
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
class Table(Mapping[str, NDArray[Any]]):
    """Columns as the rows of one array: joined, sent and kept as a whole."""

    names: tuple[str, ...]
    rows: NDArray[Any]

    @cached_property
    def _place(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.names)}

    def __getitem__(self, name: str) -> NDArray[Any]:
        found: NDArray[Any] = self.rows[self._place[name]]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __reduce__(self) -> tuple[Any, ...]:
        return Table, (self.names, self.rows)


@dataclass(frozen=True, eq=False)
class Block:
    """Columns over ``indices``: numbers (null is NaN) and texts (null is empty).

    ``texts`` hold `ERROR`; arrays of texts have dtype object.
    """

    indices: Indices
    numbers: Mapping[str, NDArray[np.float64]]
    texts: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.indices)


def from_rows(indices: Indices, rows: Sequence[dict[str, Scalar]]) -> Block:
    """A block of one row of scalars per point; a column is of texts where any row says so.

    Points come in the order of `joined`.
    """
    parts = [_of_row(indices[k : k + 1], row) for k, row in enumerate(rows)]
    return joined(parts)


def _of_row(index: Indices, row: dict[str, Scalar]) -> Block:
    texts = {k: v for k, v in row.items() if type(v) is not float and isinstance(v, str)}
    numbers = row.copy()
    for name in texts:
        del numbers[name]
    return Block(index, _table(numbers, np.float64), _table(texts, object))  # None becomes NaN


def _table(row: Mapping[str, Scalar], dtype: Any) -> Table:
    return Table(_same(tuple(row)), np.fromiter(row.values(), dtype, len(row))[:, None])


@lru_cache(maxsize=256)
def _same(names: tuple[str, ...]) -> tuple[str, ...]:
    """One tuple for all rows of these names: thousands of rows wait for one another."""
    return names


def joined(blocks: Sequence[Block]) -> Block:
    """One block of several; a column that one of them lacks is NaN or empty there.

    Most blocks have the same columns: these are joined first, so points of like blocks come
    together.
    """
    if len(blocks) == 1:
        return blocks[0]
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Block]] = {}
    for block in blocks:
        alike.setdefault((_names(block.numbers), _names(block.texts)), []).append(block)
    parts = [
        Block(
            np.concatenate([block.indices for block in part]),
            _stacked(numbers, [block.numbers for block in part]),
            _stacked(texts, [block.texts for block in part]),
        )
        for (numbers, texts), part in alike.items()
    ]
    return parts[0] if len(parts) == 1 else _united(parts)


def _names(columns: Mapping[str, NDArray[Any]]) -> tuple[str, ...]:
    return columns.names if isinstance(columns, Table) else tuple(columns)


def _stacked(
    names: tuple[str, ...], columns: Sequence[Mapping[str, NDArray[Any]]]
) -> Mapping[str, NDArray[Any]]:
    """The same columns of several blocks, one after another."""
    tables = [part.rows for part in columns if isinstance(part, Table)]
    if len(tables) == len(columns):
        return Table(names, np.concatenate(tables, axis=1))
    return {name: np.concatenate([part[name] for part in columns]) for name in names}


def _united(parts: Sequence[Block]) -> Block:
    """Blocks of different columns as one."""
    texts = dict.fromkeys(name for part in parts for name in part.texts)
    numbers = dict.fromkeys(name for part in parts for name in part.numbers)
    return Block(
        np.concatenate([part.indices for part in parts]),
        {
            name: np.concatenate([numbers_of(part, name) for part in parts])
            for name in numbers
            if name not in texts
        },
        {name: np.concatenate([texts_of(part, name) for part in parts]) for name in texts},
    )


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
