"""Submissions, and the phases of their gradings; what changes their state is in store/gradings.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.store.rows import Owner, Phase, State, SubmissionRow, submission_row
from app.store.tables import phases, submissions

#: The two kinds: a check runs on public data alone and spends nothing.
GRADED, CHECK = "graded", "check"


def add(connection: Connection, row: dict[str, object], owner: Owner) -> None:
    """Record a new submission, state `queued`."""
    connection.execute(insert(submissions).values(**row, **vars(owner)))


def find(connection: Connection, submission_id: str, owner: Owner | None = None) -> SubmissionRow | None:
    """The submission; None as well where it belongs to somebody other than `owner`."""
    query = select(submissions).where(submissions.c.id == submission_id)
    return _one(connection, query if owner is None else query.where(_owned(owner)))


def hold(connection: Connection, submission_id: str, owner: Owner) -> SubmissionRow | None:
    """The submission of `owner`, kept from other transactions until this one ends."""
    query = select(submissions).where(submissions.c.id == submission_id, _owned(owner))
    return _one(connection, query.with_for_update())


def of_owner(connection: Connection, owner: Owner) -> Sequence[SubmissionRow]:
    """Everything an owner handed in, newest first."""
    query = select(submissions).where(_owned(owner)).order_by(submissions.c.created_at.desc())
    return [submission_row(row) for row in connection.execute(query).mappings()]


def spent(connection: Connection, invitation_id: str) -> int:
    """Attempts spent: what failed on our side, was aborted or only checked counts for nothing."""
    query = select(func.count()).where(
        submissions.c.invitation_id == invitation_id,
        submissions.c.kind == GRADED,
        submissions.c.state.not_in([State.FAILED, State.ABORTED]),
    )
    return connection.scalar(query) or 0


def same(connection: Connection, invitation_id: str, sha256: str) -> SubmissionRow | None:
    """The newest attempt of an invitation with the very same file, among those that were spent."""
    query = select(submissions).where(
        submissions.c.invitation_id == invitation_id,
        submissions.c.kind == GRADED,
        submissions.c.sha256 == sha256,
        submissions.c.state.not_in([State.FAILED, State.ABORTED]),
    )
    return _one(connection, query.order_by(submissions.c.created_at.desc()).limit(1))


def place(connection: Connection, row: SubmissionRow) -> int:
    """The how manieth graded submission of its invitation it is; 1 is the first."""
    query = select(func.count()).where(
        submissions.c.invitation_id == row.owner.invitation_id,
        submissions.c.kind == GRADED,
        submissions.c.created_at <= row.created_at,
    )
    return connection.scalar(query) or 0


def at_place(connection: Connection, invitation_id: str, place: int) -> SubmissionRow | None:
    """The graded submission at a place that `place` gave."""
    query = select(submissions).where(submissions.c.invitation_id == invitation_id, submissions.c.kind == GRADED)
    one = query.order_by(submissions.c.created_at).offset(max(place - 1, 0)).limit(1)
    row = connection.execute(one).mappings().one_or_none()
    return submission_row(row) if row else None


def phase_started(connection: Connection, submission_id: str, run: int, name: str) -> None:
    """A probe began."""
    values = {"submission_id": submission_id, "run": run, "name": name}
    connection.execute(upsert(phases).values(values).on_conflict_do_nothing())


def phase_ended(connection: Connection, submission_id: str, run: int, name: str) -> float | None:
    """A probe ended; returns how many seconds it took."""
    this = (phases.c.submission_id == submission_id) & (phases.c.run == run) & (phases.c.name == name)
    took = func.extract("epoch", func.now() - phases.c.started_at)
    seconds = connection.scalar(update(phases).where(this).values(ended_at=func.now()).returning(took))
    return None if seconds is None else float(seconds)


def phases_of(connection: Connection, submission: SubmissionRow) -> list[Phase]:
    """The probes of the first grading, in the order they began; those of its last beginning."""
    query = (
        select(phases.c.name, phases.c.started_at, phases.c.ended_at)
        .where(phases.c.submission_id == submission.id, phases.c.run == submission.run)
        .order_by(phases.c.started_at, phases.c.name)
    )
    return [Phase(*row) for row in connection.execute(query)]


def _one(connection: Connection, query: Select[Any]) -> SubmissionRow | None:
    row = connection.execute(query).mappings().one_or_none()
    return submission_row(row) if row else None


def _owned(owner: Owner) -> ColumnElement[bool]:
    """What an owner may see: a candidate what came through the invitation, the organisation all but the candidates'
    checks, which are theirs alone."""
    own = submissions.c.org_id == owner.org_id
    if owner.invitation_id is None:
        return own & (submissions.c.kind == GRADED)
    return own & (submissions.c.invitation_id == owner.invitation_id)
