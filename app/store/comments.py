"""What members write to each other about a candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from app.platform import secrets
from app.store.record_tables import comments
from app.store.tables import members

#: So many are shown of one candidate, the newest ones.
MOST = 200


@dataclass(frozen=True)
class Comment:
    """`member` is the name of whoever wrote it; `mentions` are ids of members."""

    id: str
    invitation_id: str
    member_id: str
    member: str
    words: str
    mentions: Sequence[str]
    created_at: datetime


def of_invitation(connection: Connection, org_id: str, invitation_id: str) -> list[Comment]:
    """The newest comments about a candidate, the oldest of them first."""
    name = func.coalesce(func.nullif(members.c.name, ""), members.c.email)
    fields: list[Any] = [name if field == "member" else comments.c[field] for field in Comment.__dataclass_fields__]
    query = (
        select(*fields)
        .join(members, members.c.id == comments.c.member_id)
        .where(comments.c.org_id == org_id, comments.c.invitation_id == invitation_id)
        .order_by(comments.c.created_at.desc(), comments.c.id.desc())
        .limit(MOST)
    )
    return [Comment(*row) for row in connection.execute(query)][::-1]


def add(
    connection: Connection, org_id: str, invitation_id: str, member_id: str, words: str, mentions: Sequence[str]
) -> str:
    """Keep a comment; its id."""
    values = {"id": secrets.new_id(), "org_id": org_id, "invitation_id": invitation_id, "member_id": member_id}
    connection.execute(insert(comments).values(**values, words=words, mentions=list(mentions)))
    return values["id"]


def count(connection: Connection, invitation_id: str) -> int:
    """How many were written about a candidate."""
    mine = select(func.count()).where(comments.c.invitation_id == invitation_id)
    return connection.scalar(mine) or 0


def remove(connection: Connection, org_id: str, invitation_id: str, member_id: str | None, comment_id: str) -> bool:
    """Take one's own comment back; False where there is none."""
    this = (comments.c.id == comment_id) & (comments.c.org_id == org_id)
    mine = (comments.c.member_id == member_id) & (comments.c.invitation_id == invitation_id)
    return connection.execute(delete(comments).where(this, mine)).rowcount == 1
