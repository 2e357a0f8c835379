"""Submissions and how their grading goes.  Every change of state is one statement that says what it expects."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.store.rows import Owner, Phase, State, SubmissionRow, submission_row
from app.store.tables import phases, submissions

OUR_FAULT = "The grading failed on our side. You have not been graded and no attempt is spent; please try again."


def add(connection: Connection, row: dict[str, object], owner: Owner) -> None:
    """Record a new submission, state `queued`."""
    connection.execute(insert(submissions).values(**row, **vars(owner)))


def find(connection: Connection, submission_id: str, owner: Owner | None = None) -> SubmissionRow | None:
    """The submission; None as well where it belongs to somebody other than `owner`."""
    query = select(submissions).where(submissions.c.id == submission_id)
    if owner is not None:
        query = query.where(_owned(owner))
    row = connection.execute(query).mappings().one_or_none()
    return submission_row(row) if row else None


def of_owner(connection: Connection, owner: Owner) -> Sequence[SubmissionRow]:
    """Everything an owner handed in, newest first."""
    query = select(submissions).where(_owned(owner)).order_by(submissions.c.created_at.desc())
    return [submission_row(row) for row in connection.execute(query).mappings()]


def spent(connection: Connection, invitation_id: str) -> int:
    """Attempts spent: what failed on our side, was aborted or only checked counts for nothing."""
    query = select(func.count()).where(
        submissions.c.invitation_id == invitation_id,
        submissions.c.kind == "graded",
        submissions.c.state.not_in([State.FAILED, State.ABORTED]),
    )
    return connection.scalar(query) or 0


def begin(connection: Connection, submission_id: str) -> SubmissionRow | None:
    """Start one more grading; None where there is nothing left to do."""
    waiting = submissions.c.state.in_([State.QUEUED, State.GRADING])
    row = connection.execute(
        update(submissions)
        .where(submissions.c.id == submission_id, waiting)
        .values(
            state=State.GRADING,
            run=submissions.c.run + 1,
            tries=submissions.c.tries + 1,
            started_at=func.now(),
        )
        .returning(submissions)
    )
    found = row.mappings().one_or_none()
    return submission_row(found) if found else None


def finish(connection: Connection, submission_id: str, run: int, state: State) -> bool:
    """Close the grading `run`; False where a later one has taken over and this result is not wanted."""
    done = connection.execute(
        update(submissions)
        .where(_current(submission_id, run))
        .values(state=state, problem=None, finished_at=func.now())
    )
    return done.rowcount == 1


def requeue(connection: Connection, submission_id: str, run: int, *, tried: bool) -> None:
    """Back to waiting, after a grading that ended without a result; `tried` where it counts as a try."""
    tries = submissions.c.tries - (0 if tried else 1)
    connection.execute(update(submissions).where(_current(submission_id, run)).values(state=State.QUEUED, tries=tries))


def give_up(connection: Connection, submission_id: str) -> None:
    """Close a submission that we could not grade."""
    waiting = submissions.c.state.in_([State.QUEUED, State.GRADING])
    connection.execute(
        update(submissions)
        .where(submissions.c.id == submission_id, waiting)
        .values(state=State.FAILED, problem=OUR_FAULT, finished_at=func.now())
    )


def give_up_orphans(connection: Connection) -> int:
    """Close what waits for a grading that no job will ever begin; returns how many there were."""
    lost = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs job WHERE job.lock = submissions.id"
        " AND job.status IN ('todo', 'doing'))"
    )
    waiting = submissions.c.state.in_([State.QUEUED, State.GRADING])
    done = connection.execute(
        update(submissions).where(waiting, lost).values(state=State.FAILED, problem=OUR_FAULT, finished_at=func.now())
    )
    return done.rowcount


def phase_started(connection: Connection, submission_id: str, run: int, name: str) -> None:
    """A probe began."""
    values = {"submission_id": submission_id, "run": run, "name": name}
    connection.execute(upsert(phases).values(values).on_conflict_do_nothing())


def phase_ended(connection: Connection, submission_id: str, run: int, name: str) -> None:
    """A probe ended."""
    this = (phases.c.submission_id == submission_id) & (phases.c.run == run) & (phases.c.name == name)
    connection.execute(update(phases).where(this).values(ended_at=func.now()))


def phases_of(connection: Connection, submission: SubmissionRow) -> list[Phase]:
    """The probes of the current grading, in the order they began."""
    query = (
        select(phases.c.name, phases.c.started_at, phases.c.ended_at)
        .where(phases.c.submission_id == submission.id, phases.c.run == submission.run)
        .order_by(phases.c.started_at, phases.c.name)
    )
    return [Phase(*row) for row in connection.execute(query)]


def _owned(owner: Owner) -> ColumnElement[bool]:
    """What an owner may see: a candidate what came through the invitation, the organisation everything."""
    own = submissions.c.org_id == owner.org_id
    return own & (submissions.c.invitation_id == owner.invitation_id) if owner.invitation_id else own


def _current(submission_id: str, run: int) -> ColumnElement[bool]:
    same = (submissions.c.id == submission_id) & (submissions.c.run == run)
    return same & (submissions.c.state == State.GRADING)
