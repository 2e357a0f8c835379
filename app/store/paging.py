"""Long lists in pages: the newest first, and a cursor that names the last row seen.

A cursor stays right while rows are added, and costs the same on the thousandth page as on the first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, tuple_

Row = TypeVar("Row")


@dataclass(frozen=True)
class Cursor:
    """The row that a page ended with; `rank` is what a list is ordered by before the time, where it is."""

    at: datetime
    id: str
    rank: int = 0


@dataclass(frozen=True)
class Paging:
    """What a request asks for: at most `limit` rows that come after `after`."""

    limit: int = 50
    after: Cursor | None = None

    def of(self, query: Select[Any], at: ColumnElement[Any], row_id: ColumnElement[Any]) -> Select[Any]:
        """The rows of `query` that belong on the page, newest first, and one more where there are more."""
        if self.after is not None:
            query = query.where(tuple_(at, row_id) < tuple_(self.after.at, self.after.id))
        return query.order_by(at.desc(), row_id.desc()).limit(self.limit + 1)

    def cut(self, rows: Sequence[Row], cursor: Callable[[Row], Cursor]) -> tuple[list[Row], Cursor | None]:
        """(the page's rows, where the next page goes on) of what `of` found; None on the last page."""
        page = list(rows[: self.limit])
        return page, cursor(page[-1]) if len(rows) > self.limit else None
