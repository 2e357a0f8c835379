"""Deadlines that were moved: by whom, from when to when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, insert, select

from app.platform import secrets
from app.store.tables import extensions

#: The code of the one extension that candidates give themselves, without a reason.
SELF = "self"


@dataclass(frozen=True)
class Extension:
    """`member_id` is None where the candidate or an API key did it."""

    member_id: str | None
    reason_code: str
    reason: str
    old_deadline: datetime | None
    new_deadline: datetime
    created_at: datetime


_EXTENSION = [extensions.c[name] for name in Extension.__dataclass_fields__]


def add(
    connection: Connection,
    invitation_id: str,
    deadlines: tuple[datetime | None, datetime],
    why: tuple[str, str],
    member_id: str | None = None,
) -> None:
    """Record that (old, new) deadline was moved for (code, words)."""
    old, new = deadlines
    values = {"old_deadline": old, "new_deadline": new, "reason_code": why[0], "reason": why[1], "member_id": member_id}
    connection.execute(insert(extensions).values(id=secrets.new_id(), invitation_id=invitation_id, **values))


def of_invitation(connection: Connection, invitation_id: str) -> list[Extension]:
    """All of them, the first one first."""
    query = select(*_EXTENSION).where(extensions.c.invitation_id == invitation_id).order_by(extensions.c.created_at)
    return [Extension(*row) for row in connection.execute(query)]


def self_given(connection: Connection, invitation_id: str) -> bool:
    """Whether the candidate has used the extension of their own."""
    mine = (extensions.c.invitation_id == invitation_id) & (extensions.c.reason_code == SELF)
    return bool(connection.scalar(select(exists().where(mine))))
