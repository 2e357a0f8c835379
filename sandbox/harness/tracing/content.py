"""What rows hold, as numbers that can be compared: hashes of rows, digests of tables, shapes of columns."""

from __future__ import annotations

import hashlib
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int32]

MAX_VALUES = 20_000_000  # numbers in one table; a larger one is not looked at
SAMPLE = 256  # rows of a table whose columns are compared with those of the data
FEWEST = 24  # rows below which a likeness of columns proves nothing
_MULTIPLIERS: Hashes = np.random.Generator(np.random.PCG64(4)).integers(1, 2**63, 4096, np.uint64) * np.uint64(2) + (
    np.uint64(1)
)


def length(x: Any) -> int:
    """How many rows `x` has; -1 where it has none."""
    shape = getattr(x, "shape", None)
    if isinstance(shape, tuple):
        return int(shape[0]) if shape else -1
    return len(x) if isinstance(x, (list, tuple)) else -1


def row_hashes(x: Any) -> Hashes | None:
    """One number for each row, equal for equal rows whatever holds them; None where `x` is no table."""
    if isinstance(x, pd.DataFrame):
        return _of_frame(x)
    if isinstance(x, pd.Series):
        return _of_array(x.to_numpy()) if numeric(x.dtype) else _of_text(x)
    if hasattr(x, "indptr") and hasattr(x, "tocsr"):
        return _of_sparse(x.tocsr())
    array = np.asarray(x)
    return _of_array(array) if array.ndim in (1, 2) and array.size <= MAX_VALUES else None


def marks(x: Any) -> list[int]:
    """A number for each column of a table, equal where some rows of it hold the same; empty where `x` is none."""
    if len(getattr(x, "shape", ())) != 2 or hasattr(x, "indptr") or length(x) < FEWEST:
        return []
    some = take(x, np.linspace(0, length(x) - 1, FEWEST).astype(np.intp))
    return [zlib.crc32(digest(row_hashes(np.asarray(column))).encode()) for column in columns(some)]


def digest(hashes: Hashes | None) -> str:
    """A short name for these rows in this order; empty where there are none to name."""
    return "" if hashes is None else hashlib.blake2b(np.ascontiguousarray(hashes).data, digest_size=8).hexdigest()


def shape(values: Any) -> bytes | None:
    """What survives every one-to-one change of a column: which of the values are equal.  Where nearly all differ,
    what survives a rising or falling change of a number: their order.

    None where so little differs, or so little from its neighbour, that two unlike columns could share it.
    """
    if numeric(values.dtype) and (ranks := _ranks_of_many(np.asarray(values))) is not None:
        return ranks
    found = pd.factorize(values, use_na_sentinel=False)[0].astype(np.int16)
    if len(found) < FEWEST or (found[1:] != found[:-1]).mean() < 0.2:
        return None
    if found.max() < 0.75 * len(found):
        return bytes(b"=" + found.tobytes())
    return order(values) if numeric(values.dtype) else None


def order(values: Any) -> bytes:
    return _up_or_down(np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int16))


def _up_or_down(ranks: npt.NDArray[np.int16]) -> bytes:
    return b"<" + (ranks if ranks[0] < ranks[-1] else ranks.max() - ranks).tobytes()


def _ranks_of_many(values: npt.NDArray[Any]) -> bytes | None:
    """The order of numbers that nearly all differ, found by one sort; None of others, and where there are gaps."""
    if len(values) < FEWEST:
        return None
    rising = values.argsort()
    ordered = values[rising]
    if ordered[-1] != ordered[-1]:
        return None
    ranks = np.empty(len(values), np.int16)
    ranks[rising] = np.append(0, (ordered[1:] != ordered[:-1]).cumsum())
    many = ranks.max() >= 0.75 * len(ranks) and (ranks[1:] != ranks[:-1]).mean() >= 0.2
    return _up_or_down(ranks) if many else None


def columns(x: Any) -> list[Any]:
    """The columns of a small table, each as something `shape` can take."""
    if isinstance(x, pd.DataFrame):
        return [x.iloc[:, i].array for i in range(min(x.shape[1], 100))]
    if isinstance(x, pd.Series):
        return [x.array]
    array = np.asarray(x)
    return [array] if array.ndim == 1 else [array[:, i] for i in range(min(array.shape[1], 100))]


def take(x: Any, positions: npt.NDArray[np.intp]) -> Any:
    return x.iloc[positions] if isinstance(x, (pd.DataFrame, pd.Series)) else x[positions]


def _of_text(column: pd.Series) -> Hashes:
    return np.asarray(pd.util.hash_pandas_object(column, index=False), np.uint64)


def numeric(dtype: Any) -> bool:
    """Whether values of this type are plain numbers."""
    dtype = getattr(dtype, "numpy_dtype", dtype)  # the array of a Series has a dtype of its own for numpy's
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def _of_frame(frame: pd.DataFrame) -> Hashes | None:
    if frame.size > MAX_VALUES:
        return None
    if all(numeric(dtype) for dtype in frame.dtypes):
        return _of_array(frame.to_numpy(np.float64))
    total = np.zeros(len(frame), np.uint64)
    for i in range(frame.shape[1]):
        column = row_hashes(frame.iloc[:, i])
        assert column is not None
        total += column * _MULTIPLIERS[(i + 7) % len(_MULTIPLIERS)]
    return total


def _of_array(array: npt.NDArray[Any]) -> Hashes | None:
    if array.dtype.kind not in "biuf":
        return _of_objects(array)
    table = np.ascontiguousarray(array.reshape(len(array), -1), np.float64).view(np.uint64)
    mixed = table ^ (table >> np.uint64(32))
    multipliers = np.resize(_MULTIPLIERS, table.shape[1])
    hashes: Hashes = np.einsum("ij,j->i", mixed, multipliers)
    return hashes ^ (hashes >> np.uint64(29))


def _of_objects(array: npt.NDArray[Any]) -> Hashes | None:
    try:
        return _of_frame(pd.DataFrame(array.reshape(len(array), -1)).infer_objects())
    except (TypeError, ValueError):
        return None


def _of_sparse(matrix: Any) -> Hashes:
    values = np.ascontiguousarray(matrix.data, np.float64).view(np.uint64)
    mixed = (values ^ (values >> np.uint64(32))) * np.resize(_MULTIPLIERS, matrix.shape[1])[matrix.indices]
    running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed, dtype=np.uint64)])
    hashes: Hashes = running[matrix.indptr[1:]] - running[matrix.indptr[:-1]]
    return hashes ^ (hashes >> np.uint64(29))
