"""Arrays in the format of Zarr, version 3, written without its machinery.

A sweep stores hundreds of arrays of a chunk or two. Making each by the library takes milliseconds;
its documents and chunks are simple enough to be written as such, and any Zarr reads them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numcodecs import Zstd  # type: ignore[import-untyped]
from numcodecs.vlen import VLenUTF8  # type: ignore[import-untyped]
from numpy.typing import NDArray

ROOT = "zarr.json"
"""The document of a group or an array."""
CHUNK = 1 << 20
"""Values in a chunk, at most: 8 MB of numbers."""
_ZSTD = Zstd(level=1, checksum=True)  # as fast as a disk; higher levels gain little on numbers
_TEXTS = VLenUTF8()


def document(
    values: NDArray[Any],
    shape: Sequence[int],
    chunk: Sequence[int],
    fill: Any = None,
    attributes: Mapping[str, Any] | None = None,
    dims: Sequence[str] | None = None,
) -> dict[str, Any]:
    """What ``zarr.json`` says of an array of the kind of ``values``: texts where it is object."""
    first: dict[str, Any] = {"name": "bytes", "configuration": {"endian": "little"}}
    if values.dtype == object:
        first = {"name": "vlen-utf8", "configuration": {}}
    packed = {"name": "zstd", "configuration": {"level": _ZSTD.level, "checksum": True}}
    return {
        "shape": list(shape),
        "data_type": "string" if values.dtype == object else values.dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": _fill(values, fill),
        "codecs": [first, packed],
        "attributes": dict(attributes or {}),
        **({} if dims is None else {"dimension_names": list(dims)}),
        "zarr_format": 3,
        "node_type": "array",
        "storage_transformers": [],
    }


def _fill(values: NDArray[Any], fill: Any) -> Any:
    if fill is None:
        return "" if values.dtype == object else False if values.dtype == np.bool_ else 0
    if isinstance(fill, float) and not math.isfinite(fill):
        return "NaN" if math.isnan(fill) else "Infinity" if fill > 0 else "-Infinity"
    return fill


def encoded(values: NDArray[Any]) -> bytes:
    """The content of a chunk."""
    if values.dtype == object:
        plain = _TEXTS.encode(values)
    else:
        little = values.astype(values.dtype.newbyteorder("<"), copy=False)
        plain = np.ascontiguousarray(little)
    return bytes(_ZSTD.encode(plain))


def decoded(content: bytes, dtype: Any) -> NDArray[Any]:
    """The values of a chunk, flat."""
    plain = _ZSTD.decode(content)
    if dtype is object:
        texts: NDArray[Any] = _TEXTS.decode(plain)
        return texts
    return np.frombuffer(plain, np.dtype(dtype).newbyteorder("<"))


def constant(values: NDArray[Any]) -> Any:
    """The value that all of a flat column have, to the last bit; None where they differ."""
    if len(values) == 0:
        return None
    seen = values if values.dtype == object else values.view(np.int64)
    if seen[0] != seen[-1] or not (seen == seen[0]).all():
        return None
    found = values[0] if values.dtype == object else float(values[0])
    # A document writes every NaN as one: another one than the usual is to be kept as it is.
    return None if found != found and seen[0] != _NAN else found


_NAN = np.array([np.nan]).view(np.int64)[0]


def chunk_of(shape: Sequence[int]) -> tuple[int, ...]:
    """Chunks of at most `CHUNK` values that are slices of the flat array."""
    chunk = list(shape)
    for k, length in enumerate(shape):
        if math.prod(chunk) <= CHUNK:
            break
        chunk[k] = min(length, max(1, CHUNK // math.prod(shape[k + 1 :])))
    return tuple(chunk)


def chunks(
    values: NDArray[Any], shape: Sequence[int], chunk: Sequence[int], fill: Any
) -> Iterator[tuple[str, bytes]]:
    """The names and contents of the chunks of a flat array, without those of ``fill`` alone."""
    whole = math.prod(chunk)
    table = values.reshape(tuple(shape))
    for place in np.ndindex(*(-(-n // c) for n, c in zip(shape, chunk, strict=True))):
        cut = tuple(slice(k * c, (k + 1) * c) for k, c in zip(place, chunk, strict=True))
        part = table[cut].ravel()
        same = constant(part)
        if same is not None and repr(same) == repr(fill):  # tells 0.0 from -0.0, and knows NaN
            continue
        if part.size < whole:  # Slices of leading axes: what is beyond the end comes last.
            rest = np.full(whole - part.size, fill, dtype=values.dtype)
            part = np.concatenate([part, rest])
        yield "/".join(["c", *map(str, place)]), encoded(part)
