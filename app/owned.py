"""What belongs to an organisation or a candidate, looked up by the id somebody sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from app.errors import NotFound
from app.platform.secrets import is_id

T = TypeVar("T")
Whose = TypeVar("Whose")


def owned(find: Callable[[Connection, str, Whose], T | None], connection: Connection, item_id: str, whose: Whose) -> T:
    """What `find` of a table gives, or NotFound; a text that cannot be an id is not looked for."""
    item = find(connection, item_id, whose) if is_id(item_id) else None
    if item is None:
        raise NotFound
    return item
