"""What rows hold, as numbers that can be compared: hashes of rows, digests of tables, shapes of columns."""

from __future__ import annotations

import hashlib
import sys
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int32]

AT_ONCE = 1 << 16  # numbers that are hashed together
MAX_VALUES = 20_000_000  # numbers in one table; a larger one is not looked at
SAMPLE = 256  # rows of a table whose columns are compared with those of the data
MOST_COLUMNS = 100  # of a table, that are compared with those of the data
LEAST_CHANGE, NEARLY_ALL = 0.2, 0.75  # of a column's values: those unlike the one before, and different ones
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


def mixed(one: Hashes | None, other: Hashes | None) -> Hashes | None:
    """One number for each row that tells both apart; whichever there is where they are not of the same rows."""
    if one is None or other is None or len(one) != len(other):
        return other if one is None else one
    found: Hashes = (one * _MULTIPLIERS[0]) ^ other
    return found


def marks(x: Any) -> list[int]:
    """A number for each column of a table, equal where some rows of it hold the same; empty where `x` is none."""
    if len(getattr(x, "shape", ())) != 2 or hasattr(x, "indptr") or length(x) < FEWEST:
        return []
    at = np.linspace(0, length(x) - 1, FEWEST).astype(np.intp)
    if isinstance(x, pd.DataFrame):
        found = _of_columns([column.take(at) for column in columns(x)])
    elif (some := x[at]).dtype.kind in "biuf":  # all columns at once, each as it would be alone
        hashes = _mixed(some[:, :MOST_COLUMNS]) * _MULTIPLIERS[0]
        found = list((hashes ^ (hashes >> np.uint64(29))).T)
    else:
        found = _of_columns(columns(some))
    return [zlib.crc32(digest(column).encode()) for column in found]


def _of_columns(found: list[Any]) -> list[Hashes | None]:
    """What `row_hashes` says of each column, all texts at once: calling pandas takes longer than hashing."""
    told = [isinstance(column.dtype, pd.StringDtype) and not column.isna().all() for column in found]
    if sum(told) < 2:
        return [row_hashes(np.asarray(column)) for column in found]
    texts = [column for column, text in zip(found, told, strict=True) if text]
    together = pd.Series(np.concatenate([np.asarray(column) for column in texts]), dtype=texts[0].dtype)
    hashed = iter(np.split(_of_text(together) * _MULTIPLIERS[7], len(texts)))
    return [next(hashed) if text else row_hashes(np.asarray(column)) for column, text in zip(found, told, strict=True)]


def digest(hashes: Hashes | None) -> str:
    """A short name for these rows in this order; empty where there are none to name."""
    return "" if hashes is None else hashlib.blake2b(np.ascontiguousarray(hashes).data, digest_size=8).hexdigest()


def shape(values: Any) -> bytes | None:
    """What survives every one-to-one change of a column: which of the values are equal.  Where nearly all differ,
    what survives a rising or falling change of a number: their order.

    None where so little differs, or so little from its neighbour, that two unlike columns could share it.
    """
    if numeric(values.dtype) and (plain := np.asarray(values)).dtype.kind in "biuf":
        return shapes(plain[np.newaxis])[0]
    try:
        found = pd.factorize(values, use_na_sentinel=False)[0].astype(np.int16)
    except TypeError:  # cells that hold dictionaries or lists
        return None
    changes = len(found) >= FEWEST and (found[1:] != found[:-1]).mean() >= LEAST_CHANGE
    return b"=" + found.tobytes() if changes and found.max() < NEARLY_ALL * len(found) else None


def shapes(rows: npt.NDArray[Any]) -> list[bytes | None]:
    """The shape of each of some columns of numbers, which are the rows of this table: by one sort for all of them."""
    if rows.shape[1] < FEWEST:
        return [None] * len(rows)
    rising = rows.argsort(axis=1)
    ordered = np.take_along_axis(rows, rising, axis=1)
    new = ordered[:, 1:] != ordered[:, :-1]
    if rows.dtype.kind == "f" and (gaps := ordered != ordered)[:, -1].any():  # noqa: PLR0124  (what is no number)
        new &= ~(gaps[:, 1:] & gaps[:, :-1])  # these are one value, which comes last
    places = np.zeros(rows.shape, np.int16)
    np.cumsum(new, axis=1, out=places[:, 1:])
    ranks = np.empty(rows.shape, np.int16)
    np.put_along_axis(ranks, rising, places, axis=1)
    differs = (ranks[:, 1:] != ranks[:, :-1]).sum(axis=1) >= LEAST_CHANGE * (rows.shape[1] - 1)
    repeats = places[:, -1] < NEARLY_ALL * rows.shape[1]
    return [_of_ranks(*told) for told in zip(differs, repeats, ranks, strict=True)]


def _of_ranks(differs: bool, repeats: bool, ranks: npt.NDArray[np.int16]) -> bytes | None:
    if not differs:
        return None
    if not repeats:
        return b"<" + (ranks if ranks[0] < ranks[-1] else ranks.max() - ranks).tobytes()
    first = np.empty(int(ranks.max()) + 1, np.intp)
    first[ranks[::-1]] = np.arange(len(ranks))[::-1]
    codes = np.empty(len(first), np.int16)
    codes[first.argsort()] = np.arange(len(first))  # numbered as they come
    return b"=" + codes[ranks].tobytes()


def arrays(frame: pd.DataFrame) -> list[Any]:
    """The columns as pandas holds them: making a Series of each takes longer than a look at its rows."""
    told: Any = frame  # whose stubs take this for a column
    held: list[Any] = list(told._iter_column_arrays())
    return [pd.arrays.NumpyExtensionArray(column) if column.dtype == object else column for column in held]


def columns(x: Any) -> list[Any]:
    """The columns of a small table, each as something `shape` can take."""
    if isinstance(x, pd.DataFrame):
        return arrays(x)[:MOST_COLUMNS]
    if isinstance(x, pd.Series):
        return [x.array]
    array = np.asarray(x)
    return [array] if array.ndim == 1 else [array[:, i] for i in range(min(array.shape[1], MOST_COLUMNS))]


def take(x: Any, positions: npt.NDArray[np.intp]) -> Any:
    return x.iloc[positions] if isinstance(x, (pd.DataFrame, pd.Series)) else x[positions]


def is_polars(x: Any) -> bool:
    """Whether this is a table of polars, which is there only where the candidate's own code has imported it."""
    library = sys.modules.get("polars")
    return library is not None and isinstance(x, (library.DataFrame, library.Series))


def of_polars(x: Any) -> pd.DataFrame | pd.Series | None:
    """The numbers of a table of polars as one of pandas; None where `x` is none, or holds no numbers."""
    if not is_polars(x):
        return None
    if isinstance(x, sys.modules["polars"].Series):
        return pd.Series(x.to_numpy(), name=x.name) if x.dtype.is_numeric() else None
    told = {name: x[name].to_numpy() for name, dtype in x.schema.items() if dtype.is_numeric()}
    plain = {name: column for name, column in told.items() if numeric(column.dtype)}
    return pd.DataFrame(plain, copy=False) if plain else None


def _of_text(column: pd.Series) -> Hashes:
    return np.asarray(pd.util.hash_pandas_object(column, index=False), np.uint64)


def numeric(dtype: Any) -> bool:
    """Whether values of this type are plain numbers."""
    dtype = getattr(dtype, "numpy_dtype", dtype)  # the array of a Series has a dtype of its own for numpy's
    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def _of_frame(frame: pd.DataFrame) -> Hashes | None:
    if frame.size > MAX_VALUES:
        return None
    held = arrays(frame)
    if all(numeric(column.dtype) for column in held):
        return _of_array(frame.to_numpy(np.float64))
    total = np.zeros(len(frame), np.uint64)
    for i, column in enumerate(held):
        hashes = _of_column(column)
        assert hashes is not None
        total += hashes * _MULTIPLIERS[(i + 7) % len(_MULTIPLIERS)]
    return total


def _of_column(column: Any) -> Hashes | None:
    if numeric(column.dtype):
        return _of_array(column if isinstance(column, np.ndarray) else column.to_numpy())
    plain = isinstance(column, pd.arrays.NumpyExtensionArray)
    return np.asarray(pd.util.hash_array(np.asarray(column) if plain else column), np.uint64)


def _of_array(array: npt.NDArray[Any]) -> Hashes | None:
    if array.dtype.kind not in "biuf":
        return _of_objects(array)
    table = array.reshape(len(array), -1)
    multipliers = np.resize(_MULTIPLIERS, table.shape[1])
    hashes = np.empty(len(table), np.uint64)
    rows = max(AT_ONCE // max(table.shape[1], 1), 1)
    for start in range(0, len(table), rows):  # a piece at a time stays near the processor
        part = slice(start, start + rows)
        np.einsum("ij,j->i", _mixed(table[part]), multipliers, out=hashes[part])
    return hashes ^ (hashes >> np.uint64(29))


def _mixed(table: npt.NDArray[Any]) -> Hashes:
    bits = np.ascontiguousarray(table, np.float64).view(np.uint64)
    mixed: Hashes = bits >> np.uint64(32)
    mixed ^= bits
    return mixed


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
