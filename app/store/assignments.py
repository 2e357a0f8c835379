"""Who debriefs whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, literal_column, select
from sqlalchemy.dialects.postgresql import insert

from app.store.record_tables import mails, scorecards
from app.store.rows import Status
from app.store.tables import assignments, invitations, members


@dataclass(frozen=True)
class Assignment:
    """`version` counts changes of `debrief_at`; `begun` and `locked_at` tell of the member's scorecard."""

    invitation_id: str
    member_id: str
    member: str
    debrief_at: datetime | None
    version: int
    begun: bool
    locked_at: datetime | None

    @property
    def card(self) -> str:
        """The state of the scorecard: open, begun or submitted."""
        return "submitted" if self.locked_at else "begun" if self.begun else "open"


def of_invitations(connection: Connection, invitation_ids: Sequence[str]) -> dict[str, list[Assignment]]:
    """By invitation: who is to debrief it, in the order in which they were assigned."""
    found: dict[str, list[Assignment]] = {}
    query = _assignments().where(assignments.c.invitation_id.in_(invitation_ids))
    for row in connection.execute(query.order_by(assignments.c.created_at, assignments.c.member_id)):
        found.setdefault(row.invitation_id, []).append(Assignment(*row))
    return found


def of_member(connection: Connection, org_id: str, member_id: str, *, limit: int = 200) -> list[Assignment]:
    """What a member is to debrief: first what is to be done, by its date, then what is submitted, the newest first."""
    query = _assignments().where(assignments.c.member_id == member_id, assignments.c.org_id == org_id)
    order = (
        scorecards.c.locked_at.is_not(None),
        scorecards.c.locked_at.desc(),
        assignments.c.debrief_at.asc().nulls_last(),
        assignments.c.created_at,
        assignments.c.invitation_id,
    )
    return [Assignment(*row) for row in connection.execute(query.order_by(*order).limit(limit))]


def due(connection: Connection) -> list[tuple[str, Assignment]]:
    """(organisation, assignment) of all debriefs within a day that no mail has told of, of candidates in play."""
    row = assignments.c
    soon = row.debrief_at.between(func.now(), func.now() + timedelta(hours=24))
    told = exists().where(
        mails.c.invitation_id == row.invitation_id,
        mails.c.member_id == row.member_id,
        mails.c.kind == "debrief",
        mails.c.version == row.version,
    )
    query = _assignments().add_columns(row.org_id).join(invitations, invitations.c.id == row.invitation_id)
    query = query.where(soon, ~told, scorecards.c.locked_at.is_(None), _in_play()).limit(500)
    return [(found.org_id, Assignment(*found[:-1])) for found in connection.execute(query)]


def open_counts(connection: Connection, org_id: str) -> dict[str, int]:
    """By member: how many debriefs they have to do."""
    query = (
        select(assignments.c.member_id, func.count())
        .join(invitations, invitations.c.id == assignments.c.invitation_id)
        .outerjoin(scorecards, _card())
        .where(assignments.c.org_id == org_id, scorecards.c.locked_at.is_(None), _in_play())
        .group_by(assignments.c.member_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def put(connection: Connection, org_id: str, invitation_id: str, member_id: str, debrief_at: datetime | None) -> bool:
    """Assign somebody, or change the date of who is assigned already; whether somebody was assigned."""
    values = {"org_id": org_id, "invitation_id": invitation_id, "member_id": member_id, "debrief_at": debrief_at}
    changed = {"debrief_at": debrief_at, "version": assignments.c.version + 1}
    other = assignments.c.debrief_at.is_distinct_from(debrief_at)
    kept = insert(assignments).values(values)
    kept = kept.on_conflict_do_update(index_elements=["invitation_id", "member_id"], set_=changed, where=other)
    inserted: ColumnElement[bool] = literal_column("xmax = 0")  # of the row: nobody has changed it before
    return bool(connection.scalar(kept.returning(inserted)))


def remove(connection: Connection, org_id: str, invitation_id: str, member_id: str) -> bool:
    """Take somebody off; False where they were not assigned."""
    this = (assignments.c.invitation_id == invitation_id) & (assignments.c.member_id == member_id)
    return connection.execute(delete(assignments).where(this, assignments.c.org_id == org_id)).rowcount == 1


def _in_play() -> Any:
    return invitations.c.status.not_in([Status.DECIDED.value, Status.WITHDRAWN.value])


def _card() -> Any:
    same = scorecards.c.invitation_id == assignments.c.invitation_id
    return same & (scorecards.c.member_id == assignments.c.member_id)


def _assignments() -> Select[Any]:
    name = func.coalesce(func.nullif(members.c.name, ""), members.c.email)
    row = assignments.c
    begun = scorecards.c.id.is_not(None)
    return (
        select(row.invitation_id, row.member_id, name, row.debrief_at, row.version, begun, scorecards.c.locked_at)
        .join(members, members.c.id == row.member_id)
        .outerjoin(scorecards, _card())
    )
