"""Columns of a table in as few bytes as their values need, so that a large table is held once and small.

A column of figures from 0 to 9 takes one byte a row here and eight in a frame; texts that repeat are held as codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from graders.model.arrays import IntArray
from graders.model.later import pa, pc, pd, pq

#: Codes of so many different values take two bytes.
MOST_CODES = 2**15
#: Rows that are given in their plain types at a time.
PART = 100_000


class Packed:
    """What is needed of a frame; a column is int64, float64 or str where it is asked for, as in a frame."""

    def __init__(self, columns: Mapping[str, pa.Array], kinds: Mapping[str, str]) -> None:
        """columns: of one length, as `packed` gives them.  kinds: `int`, `float`, or any other word for text."""
        self._columns, self._kinds = dict(columns), dict(kinds)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()))) if self._columns else 0

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._columns))

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> pd.Series:
        return plain(self._columns[name], self._kinds[name]).rename(name)

    def items(self) -> Iterator[tuple[str, pd.Series]]:
        return ((name, self[name]) for name in self)

    @property
    def nbytes(self) -> int:
        return sum(column.nbytes for column in self._columns.values())

    def hashes(self, name: str) -> npt.NDArray[np.uint64]:
        """A number for each value, the same for equal ones."""
        column = self._columns[name]
        if not pa.types.is_dictionary(column.type):
            parts = (plain(column.slice(begin, PART), self._kinds[name]) for begin in range(0, len(column), PART))
            return np.concatenate([_hashes(part) for part in parts]) if len(column) else np.zeros(0, np.uint64)
        known = _hashes(plain(column.dictionary, self._kinds[name]))
        gap = _hashes(plain(pa.nulls(1, column.type.value_type), self._kinds[name]))
        places = pc.fill_null(column.indices, len(known)).to_numpy(zero_copy_only=False)
        return np.asarray(np.concatenate([known, gap])[places])

    def pop(self, name: str) -> pa.Array:
        """A column as it is held, which leaves the table."""
        return self._columns.pop(name)

    def parted(self, places: Iterable[IntArray]) -> list[Packed]:
        """The rows at each of these places, in that order; their columns leave this table one by one."""
        sides = [(pa.array(place), dict[str, pa.Array]()) for place in places]
        for name in self:
            column = self._columns.pop(name)
            for place, columns in sides:
                columns[name] = column.take(place)
        return [Packed(columns, self._kinds) for _, columns in sides]

    def without(self, name: str) -> Packed:
        """All columns but one; none is copied."""
        return Packed({own: column for own, column in self._columns.items() if own != name}, self._kinds)

    def frame(self, places: IntArray | slice) -> pd.DataFrame:
        """The rows at these places in plain types."""
        if isinstance(places, slice):
            begin, end, _ = places.indices(len(self))
            own = {name: column.slice(begin, end - begin) for name, column in self._columns.items()}
        else:
            chosen = pa.array(places)
            own = {name: column.take(chosen) for name, column in self._columns.items()}
        return pd.DataFrame({name: plain(column, self._kinds[name]) for name, column in own.items()}, copy=False)


Rows: TypeAlias = "pd.DataFrame | Packed"


def _plain_type(kind: str) -> pa.DataType:
    return pa.int64() if kind == "int" else pa.float64() if kind == "float" else pa.string()


def packed(values: pa.Array, kind: str) -> pa.Array:
    """The same values in fewer bytes: whole numbers in narrow types, what repeats as codes."""
    if not pa.types.is_dictionary(values.type):
        whole = values if kind == "int" else as_whole(values) if kind == "float" else None
        if whole is not None:
            return narrow(whole)
    coded = pc.dictionary_encode(values)
    known = len(coded.dictionary)
    if known < MOST_CODES:
        return pa.DictionaryArray.from_arrays(pc.cast(coded.indices, pa.int16()), coded.dictionary)
    return coded if kind != "float" and known < len(values) / 4 else values


def narrow(whole: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Whole numbers in the narrowest type that holds them all."""
    ends = pc.min_max(whole)
    low, high = ends["min"].as_py() or 0, ends["max"].as_py() or 0
    for bits, type_ in ((7, pa.int8()), (15, pa.int16()), (31, pa.int32())):
        if -(2**bits) <= low and high < 2**bits:
            return pc.cast(whole, type_)
    return whole


def as_whole(values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray | None:
    """Floats as whole numbers where each is one; None where one is not, or has a sign that would be lost."""
    try:
        whole = pc.cast(values, pa.int64())
    except pa.ArrowInvalid:
        return None
    zero = pc.and_(pc.equal(values, 0.0), pc.less(pc.divide(1.0, values), 0.0))
    return None if pc.any(zero).as_py() else whole


def plain(values: pa.Array | pa.ChunkedArray, kind: str) -> pd.Series:
    """Values of any Arrow type in the type of their kind: int64, float64, or str."""
    own = _plain_type(kind)
    if pa.types.is_dictionary(values.type):
        values = pc.cast(values, values.type.value_type)
    return cast("pd.Series", pc.cast(values, own).to_pandas())


def of_series(values: pd.Series, kind: str) -> pa.Array:
    """A column of a frame, packed."""
    return packed(pa.array(values, _plain_type(kind), from_pandas=True), kind)


def of_parquet(path: Path, kinds: Mapping[str, str]) -> Packed:
    """Our own file, column by column."""
    columns = {}
    with pq.ParquetFile(path) as file:
        for name in file.schema_arrow.names:
            own = file.read(columns=[name], use_threads=False).column(0).unify_dictionaries().combine_chunks()
            columns[name] = packed(own, kinds[name])
    return Packed(columns, kinds)


# --- what frames and packed columns are both asked for ------------------------------------------------


def hashes(rows: Rows, name: str) -> npt.NDArray[np.uint64]:
    """A number for each value of a column, the same for equal ones."""
    return rows.hashes(name) if isinstance(rows, Packed) else _hashes(rows[name])


def names(rows: Rows) -> list[str]:
    return [str(name) for name in rows]


def _hashes(column: pd.Series) -> npt.NDArray[np.uint64]:
    return np.asarray(pd.util.hash_pandas_object(column, index=False), np.uint64)


def frame(rows: Rows, places: IntArray | slice) -> pd.DataFrame:
    """The rows at these places, numbered anew."""
    return rows.frame(places) if isinstance(rows, Packed) else rows.iloc[places].reset_index(drop=True)


def size(rows: Rows) -> float:
    """Bytes of the rows in plain types, as whoever trains on them holds them."""
    return float(sum(rows[name].memory_usage(index=False, deep=True) for name in names(rows)))
