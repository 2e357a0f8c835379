"""Long lists in pages: the newest first, and a cursor that names the last row seen.

A cursor stays right while rows are added, and costs the same on the thousandth page as on the first.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request, Response
from sqlalchemy import ColumnElement, Select, tuple_

from app.errors import Invalid
from app.platform.secrets import is_id

MOST = 200

Row = TypeVar("Row")


@dataclass(frozen=True)
class Cursor:
    """The row that a page ended with."""

    at: datetime
    id: str

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(f"{self.at.isoformat()} {self.id}".encode()).decode().rstrip("=")


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

    def cut(self, rows: Sequence[Row]) -> tuple[list[Row], bool]:
        """(the page's rows, whether there are more) of what `of` found."""
        return list(rows[: self.limit]), len(rows) > self.limit


def paging(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Rows on a page.")] = 50,
    cursor: Annotated[str, Query(max_length=200, description="`next_cursor` of the page before.")] = "",
) -> Paging:
    """The dependency of a route that answers in pages; 422 for a cursor that is not ours."""
    return Paging(limit, _read(cursor) if cursor else None)


PagingDep = Annotated[Paging, Depends(paging)]


def announce(request: Request, response: Response, following: Cursor | None) -> str | None:
    """Name the next page in the Link header (RFC 8288); returns the cursor's text for the body."""
    if following is None:
        return None
    url = request.url.include_query_params(cursor=str(following))
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return str(following)


def _read(text: str) -> Cursor:
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        at, _, row_id = plain.partition(" ")
        cursor = Cursor(datetime.fromisoformat(at), row_id)
    except (ValueError, binascii.Error):
        raise _bad() from None
    if not is_id(row_id) or cursor.at.tzinfo is None:
        raise _bad()
    return cursor


def _bad() -> Invalid:
    return Invalid("bad-cursor", "The cursor is not one of ours.", hint="Follow the Link header, or begin anew.")
