"""Through which fitted objects did the columns of a table go?

The output of every transformer is kept by row, so that a column is known again in whatever table it comes back.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import content
from .content import Ints

SAMPLE = 48
BYTES = 8  # of a number
MOST_COLUMNS, MOST_NUMBERS = 512, 16_000_000
MOST_PARTS = 8  # tables of one output, before they are put together
FEWEST_LEVELS = 3  # values a statistic per group has at least, to be known again by them
SHARED = 0.8  # of a column's values that are those of a statistic, where it was made of it


class Origins:
    """Outputs of fitted objects for data of `n` rows."""

    def __init__(self, data: pd.DataFrame, copies: Ints) -> None:
        self._n = len(data)
        self._copies = copies
        self._data = data
        self._outputs: list[tuple[int, Output]] = []
        self._statistics: list[tuple[int, npt.NDArray[np.float64]]] = []
        self._stored = 0

    @cached_property
    def _raw(self) -> npt.NDArray[np.float64]:
        found = as_numbers(self._data)
        assert found is not None
        return found

    def made(self, fit: int, output: Any, rows: Ints) -> None:
        """A fitted object gave this table for these rows."""
        table = as_numbers(output)
        if table is None or len(table) != len(rows) or table.shape[1] > MOST_COLUMNS:
            return
        kept = next((made for own, made in self._outputs if own == fit and made.width == table.shape[1]), None)
        if kept is None:
            self._stored += self._n * table.shape[1]
            if self._stored > MOST_NUMBERS:
                return
            kept = Output(table.shape[1], self._copies)
            self._outputs.append((fit, kept))
        kept.add(table, rows)

    def measured(self, fit: int, statistic: Any) -> None:
        """A statistic for each group, to be mapped onto rows later."""
        values = as_numbers(statistic)
        if values is None:
            return
        levels = np.unique(values[np.isfinite(values)])
        levels = levels[levels != np.round(levels, 3)]  # a round number may come from anywhere
        if len(levels) >= FEWEST_LEVELS:
            self._statistics.append((fit, levels))

    def of(self, x: Any, rows: Ints) -> list[int]:
        """The fits whose output holds a column of `x`, which has these rows."""
        if not self._outputs and not self._statistics:
            return []
        positions = np.flatnonzero(rows >= 0)
        if len(positions) < content.FEWEST:
            return []
        positions = positions[np.linspace(0, len(positions) - 1, min(len(positions), SAMPLE)).astype(np.intp)]
        table = as_numbers(x, positions)
        if table is None:
            return []
        at = rows[positions]
        own = fingerprints(table) - fingerprints(self._raw[at])
        first = {column[:BYTES] for column in own}
        row = int(at[0])
        found = [fit for fit, kept in self._outputs if _any_of(first, kept.of(row)) and own & fingerprints(kept.at(at))]
        return sorted({*found, *self._by_levels(table)})

    def _by_levels(self, table: npt.NDArray[np.float64]) -> list[int]:
        if not self._statistics:
            return []
        columns = [np.unique(column[np.isfinite(column)]) for column in table.T]
        columns = [seen for seen in columns if len(seen) >= FEWEST_LEVELS]
        return [fit for fit, levels in self._statistics if any(_among(seen, levels) >= SHARED for seen in columns)]


class Output:
    """What a fitted object gave for rows of the data, a table for each time: few rows are ever asked about."""

    def __init__(self, width: int, copies: Ints) -> None:
        self.width = width
        self._copies = copies
        self._nothing = np.full(width, np.nan)
        self._parts: list[tuple[Ints, npt.NDArray[np.float64]]] = []  # where in the table each row of the data is

    def add(self, table: npt.NDArray[np.float64], rows: Ints) -> None:
        places = np.full(len(self._copies), -1, np.int32)
        known = np.flatnonzero(rows >= 0)
        places[rows[known]] = known
        self._parts.append((places, table))
        if len(self._parts) > MOST_PARTS:
            every = np.arange(len(self._copies), dtype=np.int32)
            self._parts = [(every, self.at(every))]

    def of(self, row: int) -> npt.NDArray[np.float64]:
        """The same as `at` says, of one row."""
        given = self._last(row)
        if given is None or np.isnan(given[0]):
            given = self._last(int(self._copies[row]))
        return self._nothing if given is None else given

    def _last(self, row: int) -> npt.NDArray[np.float64] | None:
        for places, table in reversed(self._parts):
            if (place := places[row]) >= 0:
                found: npt.NDArray[np.float64] = table[place]
                return found
        return None

    def at(self, rows: Ints) -> npt.NDArray[np.float64]:
        """What it last gave for each of these rows, or for a copy that may have been taken for the row."""
        found = self._given(rows)
        gaps = np.flatnonzero(np.isnan(found[:, 0]))
        found[gaps] = self._given(self._copies[rows[gaps]])
        return found

    def _given(self, rows: Ints) -> npt.NDArray[np.float64]:
        found = np.full((len(rows), self.width), np.nan)
        for places, table in self._parts:
            there = places[rows]
            found[there >= 0] = table[there[there >= 0]]
        return found


def _any_of(first: set[bytes], row: npt.NDArray[np.float64]) -> bool:
    """Whether one of these numbers, by its bytes, stands in a row: it spares a look at most tables."""
    return any(row[i : i + 1].tobytes() in first for i in range(len(row))) if first else False


def _among(seen: npt.NDArray[np.float64], levels: npt.NDArray[np.float64]) -> float:
    """The share of some numbers that are among others, which rise."""
    return float((levels[np.minimum(np.searchsorted(levels, seen), len(levels) - 1)] == seen).mean())


def as_numbers(x: Any, at: npt.NDArray[np.intp] | None = None) -> npt.NDArray[np.float64] | None:
    """A dense table of numbers, without columns of text, at some places where these are named; a sparse one as a number
    for each row."""
    if isinstance(x, pd.DataFrame):
        held = [column for column in content.arrays(x) if content.numeric(column.dtype)]
        held = held if at is None else [column.take(at) for column in held]
        found = np.empty((len(x) if at is None else len(at), len(held)))
        for i, column in enumerate(held):
            found[:, i] = column if isinstance(column, np.ndarray) else column.to_numpy(np.float64, na_value=np.nan)
        return found
    x = np.asarray(x) if isinstance(x, (list, tuple)) else x
    x = x if at is None else content.take(x, at)
    if hasattr(x, "tocsr"):
        hashes = content.row_hashes(x)
        return None if hashes is None else (hashes >> np.uint64(12)).astype(np.float64).reshape(-1, 1)
    array = np.asarray(x)
    if array.dtype.kind not in "biuf" or array.ndim not in (1, 2):
        return None
    return array.reshape(len(array), -1).astype(np.float64)


def fingerprints(table: npt.NDArray[np.float64]) -> set[bytes]:
    """What each column holds, but for those with nothing to tell them by."""
    columns = np.ascontiguousarray(table.T)
    known = columns.shape[1] - np.isnan(columns).sum(axis=1)
    with np.errstate(invalid="ignore"):
        unlike = np.fmin.reduce(columns, axis=1) < np.fmax.reduce(columns, axis=1)
    return {columns[i].tobytes() for i in np.flatnonzero(unlike & (known > columns.shape[1] // 2))}
