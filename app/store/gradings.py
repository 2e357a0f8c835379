"""Gradings: asked for, begun, ended.  Every change of state is one statement that says what it expects.

The first grading of a submission is also the submission's own state; later ones stand beside it until adopted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, text, update

from app.store.rows import Grading, State
from app.store.tables import gradings, phases, submissions
from app.words import N_

OUR_FAULT = N_("The grading failed on our side. No attempt was used. Hand in again.")
ABORTED = N_("The grading was stopped on request. No attempt was used.")
FIRST, REGRADE, RESCORE = "first", "regrade", "rescore"

WAITING = (State.QUEUED, State.GRADING)
waiting = gradings.c.state.in_(WAITING)
COLUMNS = [gradings.c[name] for name in Grading.__dataclass_fields__]


def ask(
    connection: Connection,
    submission_id: str,
    reason: str,
    requested_by: str | None = None,
    versions: Mapping[str, str | None] | None = None,
) -> int:
    """Record one more grading, state `queued`, of a submission that exists; returns its run.

    `versions` are those it must be made with; none where any will do.
    """
    connection.execute(select(submissions.c.id).where(submissions.c.id == submission_id).with_for_update())
    last = connection.scalar(select(func.max(gradings.c.run)).where(gradings.c.submission_id == submission_id))
    run = (last or 0) + 1
    values = {"submission_id": submission_id, "run": run, "reason": reason, "state": State.QUEUED}
    connection.execute(insert(gradings).values(requested_by=requested_by, **(versions or {}), **values))
    if reason == FIRST:
        now = {"run": run, "state": State.QUEUED, "problem": None, "finished_at": None}
        connection.execute(update(submissions).where(submissions.c.id == submission_id).values(now))
    return run


def begin(connection: Connection, submission_id: str, run: int) -> Grading | None:
    """Start it once more; None where there is nothing left to do."""
    values = {
        "state": State.GRADING,
        "begun": gradings.c.begun + 1,
        "tries": gradings.c.tries + 1,
        "started_at": func.now(),
    }
    begun = _change(connection, _this(submission_id, run) & waiting, values)
    if begun is not None:
        connection.execute(delete(phases).where(phases.c.submission_id == submission_id, phases.c.run == run))
        _tell_submission(connection, begun, started_at=func.now())
    return begun


def finish(connection: Connection, grading: Grading, facts: Mapping[str, Any]) -> Grading | None:
    """Close it with a report: `facts` are state, versions, band and summary.  Returns it as it is then.

    None where a later beginning has taken over, or it was aborted, and this result is not wanted.
    """
    done = _change(connection, _latest(grading), {**facts, "problem": None, "finished_at": func.now()})
    if done is not None:
        _tell_submission(connection, done, problem=None, report_run=done.run, finished_at=func.now())
    return done


def requeue(connection: Connection, grading: Grading, *, tried: bool) -> None:
    """Back to waiting, after a beginning that ended without a result; `tried` where it counts as a try."""
    values = {"state": State.QUEUED, "tries": gradings.c.tries - (0 if tried else 1)}
    done = _change(connection, _latest(grading), values)
    if done is not None:
        _tell_submission(connection, done)


def end(connection: Connection, submission_id: str, run: int, state: State, problem: str) -> Grading | None:
    """Close one that is queued or running without a report; None where it has ended already."""
    values = {"state": state, "problem": problem, "finished_at": func.now()}
    done = _change(connection, _this(submission_id, run) & waiting, values)
    if done is not None:
        _tell_submission(connection, done, problem=problem, finished_at=func.now())
    return done


def orphans(connection: Connection) -> Sequence[tuple[str, int]]:
    """(submission, run) of those that wait for a job that is not there."""
    no_job = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs job WHERE job.lock = gradings.submission_id"
        " AND job.args->>'run' = gradings.run::text AND job.status IN ('todo', 'doing'))"
    )
    found = connection.execute(select(gradings.c.submission_id, gradings.c.run).where(waiting, no_job))
    return [(row.submission_id, row.run) for row in found]


def begun_in_vain(connection: Connection, older: timedelta, than: timedelta) -> list[Grading]:
    """Those that ended between so long ago and so long ago, of which a beginning came to nothing."""
    when = gradings.c.finished_at.between(func.now() - older, func.now() - than)
    without = gradings.c.state.not_in((State.GRADED, State.UNGRADED, *WAITING))
    query = select(*COLUMNS).where(when, (gradings.c.begun > 1) | without)
    return [grading(row) for row in connection.execute(query).mappings()]


def find(connection: Connection, submission_id: str, run: int) -> Grading | None:
    """One grading; whose it is has been asked before."""
    row = connection.execute(select(*COLUMNS).where(_this(submission_id, run))).mappings().one_or_none()
    return grading(row) if row else None


def of_submission(connection: Connection, submission_id: str) -> list[Grading]:
    """All gradings, the first one first."""
    query = select(*COLUMNS).where(gradings.c.submission_id == submission_id).order_by(gradings.c.run)
    return [grading(row) for row in connection.execute(query).mappings()]


def current(connection: Connection, submission_id: str) -> Grading | None:
    """The grading that is queued or running, the next in turn where there are several; None where all have ended."""
    query = select(*COLUMNS).where(gradings.c.submission_id == submission_id, waiting).order_by(gradings.c.run)
    row = connection.execute(query.limit(1)).mappings().one_or_none()
    return grading(row) if row else None


def adopt(connection: Connection, grading: Grading) -> None:
    """From now on this grading's report counts."""
    connection.execute(
        update(submissions)
        .where(submissions.c.id == grading.submission_id)
        .values(report_run=grading.run, state=grading.state, problem=None)
    )


def _change(connection: Connection, which: ColumnElement[bool], values: Mapping[str, Any]) -> Grading | None:
    row = connection.execute(update(gradings).where(which).values(**values).returning(*COLUMNS))
    found = row.mappings().one_or_none()
    return grading(found) if found else None


def _tell_submission(connection: Connection, grading: Grading, **more: Any) -> None:
    """A first grading's state is that of its submission."""
    if grading.reason == FIRST:
        this = (submissions.c.id == grading.submission_id) & (submissions.c.run == grading.run)
        connection.execute(update(submissions).where(this).values(state=grading.state, **more))


def _this(submission_id: str, run: int) -> ColumnElement[bool]:
    return (gradings.c.submission_id == submission_id) & (gradings.c.run == run)


def _latest(grading: Grading) -> ColumnElement[bool]:
    this = _this(grading.submission_id, grading.run) & (gradings.c.begun == grading.begun)
    return this & (gradings.c.state == State.GRADING)


def grading(row: Mapping[Any, Any]) -> Grading:
    """A row of `COLUMNS` as a value."""
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    return Grading(state=State(values.pop("state")), **values)
