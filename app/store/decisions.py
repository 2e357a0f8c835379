"""A person's decisions about candidates: only added to, the newest counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.platform import secrets
from app.store.record_tables import decisions
from app.store.tables import invitations, members

Outcome = Literal["advance", "hold", "reject", "withdrawn"]


class OtherVersion(Exception):
    """Somebody has decided meanwhile; `now` is the newest version, 0 where there is none."""

    def __init__(self, now: int) -> None:
        super().__init__()
        self.now = now


@dataclass(frozen=True)
class Decision:
    """`member` is the name of whoever decided."""

    invitation_id: str
    version: int
    outcome: Outcome
    rationale: str
    member: str
    created_at: datetime


def history(connection: Connection, org_id: str, invitation_id: str) -> list[Decision]:
    """All decisions about a candidate, newest first."""
    query = _decisions().where(decisions.c.org_id == org_id, decisions.c.invitation_id == invitation_id)
    return [Decision(*row) for row in connection.execute(query.order_by(decisions.c.version.desc()))]


def decided_by(connection: Connection, invitation_id: str, version: int) -> str | None:
    """The id of the member who made one decision."""
    this = (decisions.c.invitation_id == invitation_id) & (decisions.c.version == version)
    return connection.scalar(select(decisions.c.member_id).where(this))


def newest(connection: Connection, org_id: str, invitation_ids: Sequence[str] | None = None) -> dict[str, Decision]:
    """By invitation: the decision that counts, for those of these that have one; None: of the whole organisation."""
    query = (
        _decisions()
        .where(decisions.c.org_id == org_id)
        .ext(distinct_on(decisions.c.invitation_id))
        .order_by(decisions.c.invitation_id, decisions.c.version.desc())
    )
    if invitation_ids is not None:
        query = query.where(decisions.c.invitation_id.in_(invitation_ids))
    return {row.invitation_id: Decision(*row) for row in connection.execute(query)}


def add(
    connection: Connection,
    invitation_id: str,
    member: tuple[str, str],
    expected: int,
    decided: tuple[Outcome, str],
) -> int:
    """Record (outcome, rationale) by (organisation, member) over version `expected`, and return the new version.

    Raises OtherVersion where another one is the newest.
    """
    connection.execute(select(invitations.c.id).where(invitations.c.id == invitation_id).with_for_update())
    last = select(func.max(decisions.c.version)).where(decisions.c.invitation_id == invitation_id)
    now = connection.scalar(last) or 0
    if now != expected:
        raise OtherVersion(now)
    (org_id, member_id), (outcome, rationale) = member, decided
    values = {"id": secrets.new_id(), "org_id": org_id, "invitation_id": invitation_id, "member_id": member_id}
    connection.execute(insert(decisions).values(**values, version=now + 1, outcome=outcome, rationale=rationale))
    return now + 1


def _decisions() -> Select[Any]:
    name = func.coalesce(func.nullif(members.c.name, ""), members.c.email).label("member")
    fields = [name if field == "member" else decisions.c[field] for field in Decision.__dataclass_fields__]
    return select(*fields).join(members, members.c.id == decisions.c.member_id)
