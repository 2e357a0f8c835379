"""Checks: small runs on public data that candidates ask for.  Each is a submission of kind `check` without gradings.

`graded` says that it ran well, `ungraded` that it did not; what was said lies among the blobs.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select, text, update

from app.store.gradings import OUR_FAULT
from app.store.rows import State, SubmissionRow, submission_row
from app.store.submissions import CHECK
from app.store.tables import submissions

_waiting = (submissions.c.kind == CHECK) & submissions.c.state.in_([State.QUEUED, State.GRADING])


def waiting(connection: Connection, invitation_id: str) -> bool:
    """Whether a check of this invitation is queued or running."""
    return bool(connection.scalar(select(exists().where(_waiting, submissions.c.invitation_id == invitation_id))))


def begin(connection: Connection, submission_id: str) -> SubmissionRow | None:
    """Start it once more; None where there is nothing left to do."""
    values = {"state": State.GRADING, "started_at": func.now()}
    return _change(connection, _waiting & (submissions.c.id == submission_id), values)


def end(connection: Connection, submission_id: str, state: State, problem: str | None = None) -> bool:
    """Close it; False where it has ended already."""
    values = {"state": state, "problem": problem, "finished_at": func.now()}
    return _change(connection, _waiting & (submissions.c.id == submission_id), values) is not None


def close_orphans(connection: Connection) -> None:
    """A check that waits for a job that is not there fails, and the candidate may ask for another."""
    no_job = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs job WHERE job.lock = submissions.id"
        " AND job.status IN ('todo', 'doing'))"
    )
    values = {"state": State.FAILED, "problem": OUR_FAULT, "finished_at": func.now()}
    connection.execute(update(submissions).where(_waiting, no_job).values(values))


def _change(connection: Connection, which: ColumnElement[bool], values: dict[str, Any]) -> SubmissionRow | None:
    changed = update(submissions).where(which).values(values).returning(*submissions.c)
    row = connection.execute(changed).mappings().one_or_none()
    return submission_row(row) if row else None
