"""How requests ask for a page of a long list, and how answers name the next one."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.errors import Invalid
from app.platform.secrets import is_id
from app.store.paging import Cursor, Paging
from app.words import _

MOST = 200


async def paging(
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
    text = text_of(following)
    url = request.url.include_query_params(cursor=text)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return text


def text_of(cursor: Cursor) -> str:
    """The cursor as it stands in an address."""
    return base64.urlsafe_b64encode(f"{cursor.at.isoformat()} {cursor.id} {cursor.rank}".encode()).decode().rstrip("=")


def _read(text: str) -> Cursor:
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        at, row_id, rank = plain.split(" ")
        cursor = Cursor(datetime.fromisoformat(at), row_id, min(int(rank), MOST))
    except (ValueError, binascii.Error):
        raise _bad() from None
    if not is_id(row_id) or cursor.at.tzinfo is None:
        raise _bad()
    return cursor


def _bad() -> Invalid:
    return Invalid(
        "bad-cursor", _("This cursor is unknown."), hint=_("Follow the Link header, or start from the first page.")
    )
