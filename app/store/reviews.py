"""Scorecards and disputes in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.platform import secrets
from app.store.record_tables import disputes, scorecards
from app.store.rows import State
from app.store.tables import gradings, members, submissions


@dataclass(frozen=True)
class Scorecard:
    """`ratings` by dimension, 1 to 4; `notes` by question code.  Nothing changes once it is locked."""

    id: str
    invitation_id: str
    member_id: str
    member: str
    ratings: Mapping[str, int]
    notes: Mapping[str, str]
    changed_at: datetime
    locked_at: datetime | None


@dataclass(frozen=True)
class Dispute:
    """An interviewer's mark that a finding of a report is wrong."""

    id: str
    submission_id: str
    run: int
    code: str
    member_id: str
    member: str
    words: str
    created_at: datetime
    withdrawn_at: datetime | None


_name = func.coalesce(func.nullif(members.c.name, ""), members.c.email).label("member")


def _columns(table: Any, value: type) -> list[Any]:
    return [_name if name == "member" else table.c[name] for name in value.__dataclass_fields__]  # type: ignore[attr-defined]


def save(
    connection: Connection,
    org_id: str,
    invitation_id: str,
    member_id: str,
    ratings: Mapping[str, int],
    notes: Mapping[str, str],
) -> bool:
    """Keep a member's card as it stands; False where it is locked and stays as it was."""
    values = {"ratings": dict(ratings), "notes": dict(notes), "changed_at": func.now()}
    who = {"id": secrets.new_id(), "org_id": org_id, "invitation_id": invitation_id, "member_id": member_id}
    statement = (
        insert(scorecards)
        .values(**who, **values)
        .on_conflict_do_update(
            index_elements=["invitation_id", "member_id"], set_=values, where=scorecards.c.locked_at.is_(None)
        )
        .returning(scorecards.c.id)
    )
    return connection.scalar(statement) is not None


def lock(connection: Connection, invitation_id: str, member_id: str) -> bool:
    """Close a member's card for ever; False where there is none or it is closed already."""
    this = (scorecards.c.invitation_id == invitation_id) & (scorecards.c.member_id == member_id)
    statement = update(scorecards).where(this, scorecards.c.locked_at.is_(None)).values(locked_at=func.now())
    return connection.execute(statement).rowcount == 1


def cards(connection: Connection, org_id: str, invitation_id: str) -> list[Scorecard]:
    """All cards of an invitation, by the time they were begun."""
    query = (
        select(*_columns(scorecards, Scorecard))
        .join(members, members.c.id == scorecards.c.member_id)
        .where(scorecards.c.org_id == org_id, scorecards.c.invitation_id == invitation_id)
        .order_by(scorecards.c.created_at, scorecards.c.id)
    )
    return [Scorecard(*row) for row in connection.execute(query)]


def locked(connection: Connection, org_id: str) -> dict[str, list[Mapping[str, int]]]:
    """The ratings of all submitted cards of an organisation, by invitation."""
    query = select(scorecards.c.invitation_id, scorecards.c.ratings)
    cards_by: dict[str, list[Mapping[str, int]]] = {}
    for row in connection.execute(query.where(scorecards.c.org_id == org_id, scorecards.c.locked_at.is_not(None))):
        cards_by.setdefault(row.invitation_id, []).append(row.ratings)
    return cards_by


def dispute(
    connection: Connection, org_id: str, submission_id: str, run: int, code: str, member_id: str, words: str
) -> str:
    """Mark a finding; returns the mark's id."""
    dispute_id = secrets.new_id()
    values = {"id": dispute_id, "org_id": org_id, "submission_id": submission_id, "run": run, "code": code}
    connection.execute(insert(disputes).values(**values, member_id=member_id, words=words))
    return dispute_id


def withdraw(connection: Connection, org_id: str, dispute_id: str, member_id: str) -> bool:
    """Take one's own mark back; False where there is none."""
    mine = (disputes.c.id == dispute_id) & (disputes.c.org_id == org_id) & (disputes.c.member_id == member_id)
    at = func.coalesce(disputes.c.withdrawn_at, func.now())
    return connection.execute(update(disputes).where(mine).values(withdrawn_at=at)).rowcount == 1


def disputes_of(connection: Connection, org_id: str, submission_id: str | None = None) -> list[Dispute]:
    """Marks, newest first: all of the organisation's, or those on one submission's reports."""
    query = (
        select(*_columns(disputes, Dispute))
        .join(members, members.c.id == disputes.c.member_id)
        .where(disputes.c.org_id == org_id)
        .order_by(disputes.c.created_at.desc(), disputes.c.id)
        .limit(500)
    )
    if submission_id is not None:
        query = query.where(disputes.c.submission_id == submission_id)
    return [Dispute(*row) for row in connection.execute(query)]


def reported(connection: Connection, org_id: str, submission_id: str, run: int) -> bool:
    """Whether this organisation has a report of this grading."""
    query = (
        select(func.count())
        .select_from(gradings.join(submissions, submissions.c.id == gradings.c.submission_id))
        .where(submissions.c.org_id == org_id, submissions.c.id == submission_id)
        .where(gradings.c.run == run, gradings.c.state.in_([State.GRADED, State.UNGRADED]))
    )
    return bool(connection.scalar(query))
