"""A table as it was read: rows in four plain types, and what had to be decided on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from challenges.tables.packed import Rows

Kind = Literal["int", "float", "text", "date text"]

#: What one table may hold; more is refused at once.
MAX_BYTES, MAX_ROWS, MAX_COLUMNS, MAX_NAME = 2**30, 5_000_000, 2_000, 120
#: Values are held in eight bytes each while a challenge is made.
MAX_CELLS = 200_000_000
#: Rows or lines that a message names before it says how many more there are.
NAMED = 10


class TableError(Exception):
    """The table cannot be used as it is: one or more sentences that say what, where and what to do.

    code: which refusal of a file it is, the same in every release; "" where no file was read.
    """

    def __init__(self, says: str, *, code: str = "") -> None:
        super().__init__(says)
        self.code = code


@dataclass(frozen=True)
class Note:
    """What reading decided about a column, or about the file where `column` is empty."""

    column: str
    what: str


@dataclass(frozen=True, eq=False)
class Table:
    """rows: columns of int64, float64, or str with NaN for gaps; dates as ISO text, which sorts as time does.

    kinds: the type of each column, decided by the whole file.  orders: the order of the categories of a column, where
    the file states one.  notes: what had to be decided.
    """

    rows: Rows
    kinds: Mapping[str, Kind]
    orders: Mapping[str, tuple[str, ...]]
    notes: tuple[Note, ...]


def named(numbers: list[int]) -> str:
    """`3, 7, 9 and 12 more`."""
    text = ", ".join(f"{number:,}" for number in numbers[:NAMED])
    return f"{text} and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else text
