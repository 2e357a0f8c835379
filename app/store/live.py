"""Exercises of a debrief, in which a candidate changes their own work: files as they are typed, runs, who is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.platform import secrets
from app.store.challenges import base_of
from app.store.record_tables import live_exercises, live_files, live_kinds, live_presence, live_runs
from app.store.tables import invitations, members

#: On this channel of PostgreSQL the id of an exercise is told whenever something of it has changed.
CHANNEL = "assay_live"
#: Somebody who was not seen for so long has left.
HERE = timedelta(seconds=25)
CANDIDATE = "candidate"


@dataclass(frozen=True)
class Exercise:
    """`task` is a LiveTask and `before` a LiveOutcome of graders/live, both as JSON; `member` is who opened it.

    `alive`: it was not ended, its time is not over, and the invitation was not withdrawn.
    """

    id: str
    org_id: str
    invitation_id: str
    submission_id: str
    member_id: str
    member: str
    task: Mapping[str, Any]
    prediction: str
    before: Mapping[str, Any] | None
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    alive: bool


@dataclass(frozen=True)
class LiveFile:
    """A file as it was handed in and as it is now; `version` counts its changes."""

    path: str
    original: str
    text: str
    version: int

    @property
    def changed(self) -> bool:
        return self.text != self.original


@dataclass(frozen=True)
class LiveRun:
    """`patch` has the changed files, {path: text}.

    `state` is queued, running, done, stopped by the candidate, or failed, which is our fault.
    """

    id: str
    exercise_id: str
    number: int
    prediction: str
    patch: Mapping[str, str]
    state: str
    problem: str | None
    outcome: Mapping[str, Any] | None
    difference: Mapping[str, Any] | None
    seconds: float | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "stopped")


@dataclass(frozen=True)
class Present:
    """Somebody who has the page open: CANDIDATE or the id of a member, and the member's name where they gave one.

    Their cursor stands before a `character` of a `line`, both counted from 1; without a line they look at the file.
    """

    who: str
    name: str
    path: str
    line: int | None
    character: int | None


_now = (
    live_exercises.c.ended_at.is_(None)
    & (live_exercises.c.expires_at > func.now())
    & invitations.c.revoked_at.is_(None)
).label("alive")
_name = func.coalesce(func.nullif(members.c.name, ""), members.c.email).label("member")
_OWN = {"member": _name, "alive": _now}
_EXERCISE: list[Any] = [_OWN.get(name, live_exercises.c.get(name)) for name in Exercise.__dataclass_fields__]
_RUN: list[Any] = [live_runs.c[name] for name in LiveRun.__dataclass_fields__]


def add(
    connection: Connection,
    owner: tuple[str, str, str, str],
    task: Mapping[str, Any],
    files: Mapping[str, str],
    hours: float,
) -> str:
    """Open an exercise on these files; its id.  `owner`: ids of organisation, invitation, submission and member."""
    exercise_id = secrets.new_id()
    names = ("org_id", "invitation_id", "submission_id", "member_id")
    until = func.now() + timedelta(hours=hours)
    values = dict(zip(names, owner, strict=True)) | {"id": exercise_id, "task": dict(task), "expires_at": until}
    connection.execute(insert(live_exercises).values(values))
    rows = [{"exercise_id": exercise_id, "path": path, "original": t, "text": t} for path, t in files.items()]
    if rows:
        connection.execute(insert(live_files), rows)
    return exercise_id


def find(connection: Connection, exercise_id: str, org_id: str | None = None) -> Exercise | None:
    """An exercise; None as well where it belongs to another organisation than `org_id`."""
    which = live_exercises.c.id == exercise_id
    if org_id is not None:
        which &= live_exercises.c.org_id == org_id
    return next(iter(_exercises(connection, which)), None)


def of_invitation(connection: Connection, org_id: str, invitation_id: str) -> list[Exercise]:
    """All exercises of a candidate, the newest first."""
    mine = (live_exercises.c.org_id == org_id) & (live_exercises.c.invitation_id == invitation_id)
    return _exercises(connection, mine)


def opened_by(connection: Connection, org_id: str, invitation_id: str, member_id: str) -> bool:
    """Whether a member opened an exercise of this candidate."""
    exercises = of_invitation(connection, org_id, invitation_id)
    return any(exercise.member_id == member_id for exercise in exercises)


def files(connection: Connection, exercise_id: str) -> list[LiveFile]:
    """The files of an exercise, by path."""
    columns = [live_files.c[name] for name in LiveFile.__dataclass_fields__]
    query = select(*columns).where(live_files.c.exercise_id == exercise_id).order_by(live_files.c.path)
    return [LiveFile(*row) for row in connection.execute(query)]


def keep(connection: Connection, exercise_id: str, path: str, words: str, version: int) -> int | None:
    """Keep a file as it is typed; its new version.  None where `version` is not the newest, or there is no such file.

    What is the same as before keeps its version.
    """
    this = (live_files.c.exercise_id == exercise_id) & (live_files.c.path == path) & (live_files.c.version == version)
    same = connection.scalar(select(live_files.c.text == words).where(this).with_for_update())
    if same is None:
        return None
    if same:
        return version
    values = {"text": words, "version": version + 1, "changed_at": func.now()}
    connection.execute(update(live_files).where(this).values(values))
    tell(connection, exercise_id)
    return version + 1


def predict(connection: Connection, exercise_id: str, prediction: str) -> None:
    """Keep the prediction as it is typed."""
    this = (live_exercises.c.id == exercise_id) & (live_exercises.c.prediction != prediction)
    if connection.execute(update(live_exercises).where(this).values(prediction=prediction)).rowcount:
        tell(connection, exercise_id)


def end(connection: Connection, exercise_id: str) -> bool:
    """End it; False where it has ended before."""
    this = (live_exercises.c.id == exercise_id) & live_exercises.c.ended_at.is_(None)
    ended = connection.execute(update(live_exercises).where(this).values(ended_at=func.now())).rowcount == 1
    tell(connection, exercise_id)
    return ended


def hold(connection: Connection, exercise_id: str) -> None:
    """Keep others from adding a run to this exercise until the transaction ends."""
    connection.execute(select(live_exercises.c.id).where(live_exercises.c.id == exercise_id).with_for_update())


def add_run(connection: Connection, exercise_id: str, prediction: str, patch: Mapping[str, str]) -> LiveRun:
    """A run of these changes, which waits for a worker."""
    last = select(func.coalesce(func.max(live_runs.c.number), 0)).where(live_runs.c.exercise_id == exercise_id)
    values = {"id": secrets.new_id(), "exercise_id": exercise_id, "number": last.scalar_subquery() + 1}
    made = insert(live_runs).values(**values, prediction=prediction, patch=dict(patch)).returning(*_RUN)
    tell(connection, exercise_id)
    return LiveRun(*connection.execute(made).one())


def runs(connection: Connection, exercise_id: str) -> list[LiveRun]:
    """The runs of an exercise, the first one first."""
    query = select(*_RUN).where(live_runs.c.exercise_id == exercise_id).order_by(live_runs.c.number)
    return [LiveRun(*row) for row in connection.execute(query)]


def begin(connection: Connection, run_id: str) -> tuple[Exercise, LiveRun] | None:
    """Start a run once more; None where there is nothing left to do."""
    waiting = (live_runs.c.id == run_id) & live_runs.c.state.in_(("queued", "running"))
    values = {"state": "running", "started_at": func.now()}
    row = connection.execute(update(live_runs).where(waiting).values(values).returning(*_RUN)).one_or_none()
    exercise = find(connection, row.exercise_id) if row else None
    if row is None or exercise is None:
        return None
    tell(connection, exercise.id)
    return exercise, LiveRun(*row)


def keep_before(connection: Connection, exercise_id: str, outcome: Mapping[str, Any]) -> None:
    """Keep what the work gave as it was handed in, with which every run is compared."""
    this = live_exercises.c.id == exercise_id
    connection.execute(update(live_exercises).where(this).values(before=dict(outcome)))


def finish(
    connection: Connection,
    run_id: str,
    outcome: Mapping[str, Any],
    difference: Mapping[str, Any] | None,
    seconds: float,
) -> bool:
    """What a run gave; `difference` is None where there is nothing to compare.  False where it has ended already."""
    values = {"outcome": dict(outcome), "difference": dict(difference) if difference else None, "seconds": seconds}
    return _close(connection, live_runs.c.id == run_id, state="done", **values) == 1


def fail(connection: Connection, run_id: str, problem: str) -> bool:
    """It came to nothing, by a fault of ours; False where it has ended already."""
    return _close(connection, live_runs.c.id == run_id, state="failed", problem=problem) == 1


def stop(connection: Connection, exercise_id: str) -> list[int]:
    """End the run that waits or goes, of which nothing counts; its number, and none where there is none."""
    waiting = (live_runs.c.exercise_id == exercise_id) & live_runs.c.state.in_(("queued", "running"))
    numbers = list(connection.scalars(select(live_runs.c.number).where(waiting)))
    _close(connection, live_runs.c.exercise_id == exercise_id, state="stopped")
    return numbers


def goes(connection: Connection, run_id: str) -> bool:
    """Whether a run waits or is made still."""
    return bool(connection.scalar(select(live_runs.c.state.in_(("queued", "running"))).where(live_runs.c.id == run_id)))


def close_orphans(connection: Connection, problem: str) -> int:
    """A run that waits for a job that is not there fails, and the candidate may run again."""
    no_job = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs job WHERE job.lock = 'live-' || live_runs.exercise_id"
        " AND job.status IN ('todo', 'doing'))"
    )
    return _close(connection, no_job, state="failed", problem=problem)


def point(
    connection: Connection, exercise_id: str, who: str, path: str, line: int | None, character: int | None = None
) -> None:
    """Somebody is at this character of this line of this file."""
    _seen(connection, exercise_id, who, {"path": path, "line": line, "character": character})
    tell(connection, exercise_id)


def arrive(connection: Connection, exercise_id: str, who: str) -> None:
    """Somebody has the page open still; others are told where they had not been there."""
    there = {present.who for present in present(connection, exercise_id)}
    _seen(connection, exercise_id, who, {})
    if who not in there:
        tell(connection, exercise_id)


def leave(connection: Connection, exercise_id: str, who: str) -> None:
    """Somebody has closed the page."""
    this = (live_presence.c.exercise_id == exercise_id) & (live_presence.c.who == who)
    connection.execute(delete(live_presence).where(this))
    tell(connection, exercise_id)


def present(connection: Connection, exercise_id: str) -> list[Present]:
    """Who is there now, the candidate first."""
    name = func.coalesce(members.c.name, "").label("name")  # a candidate sees it, so no address stands in for it
    columns = {"name": name}
    fields: list[Any] = [columns.get(field, live_presence.c.get(field)) for field in Present.__dataclass_fields__]
    query = (
        select(*fields)
        .join_from(live_presence, members, members.c.id == live_presence.c.who, isouter=True)
        .where(live_presence.c.exercise_id == exercise_id, live_presence.c.seen_at > func.now() - HERE)
        .order_by(live_presence.c.who != CANDIDATE, name)
    )
    return [Present(*row) for row in connection.execute(query)]


def kinds(connection: Connection, org_id: str, challenge: str) -> tuple[str, ...] | None:
    """The kinds of task that somebody chose for the debriefs of a challenge, in all its versions; None for none."""
    query = select(live_kinds.c.kinds).where(
        live_kinds.c.org_id == org_id, live_kinds.c.challenge == base_of(challenge)
    )
    chosen = connection.scalar(query)
    return None if chosen is None else tuple(chosen)


def choose_kinds(connection: Connection, org_id: str, challenge: str, chosen: Iterable[str]) -> None:
    """From now on the debriefs of a challenge use these kinds of task."""
    values = {"org_id": org_id, "challenge": base_of(challenge), "kinds": list(chosen)}
    connection.execute(
        insert(live_kinds)
        .values(values)
        .on_conflict_do_update(index_elements=["org_id", "challenge"], set_={"kinds": values["kinds"]})
    )


def used_kinds(connection: Connection, org_id: str, challenge: str) -> dict[str, int]:
    """By kind of task, how many candidates of a challenge were given one."""
    kind = live_exercises.c.task["kind"].astext
    query = (
        select(kind, func.count(live_exercises.c.invitation_id.distinct()))
        .join(invitations, invitations.c.id == live_exercises.c.invitation_id)
        .where(live_exercises.c.org_id == org_id, invitations.c.challenge == challenge)
        .group_by(kind)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def tell(connection: Connection, exercise_id: str) -> None:
    """Wake whoever has the exercise open, once the transaction is committed."""
    connection.execute(select(func.pg_notify(CHANNEL, exercise_id)))


def _close(connection: Connection, which: Any, **values: Any) -> int:
    """End the runs that have not ended; how many."""
    waiting = live_runs.c.state.in_(("queued", "running"))
    changed = update(live_runs).where(waiting, which).values(finished_at=func.now(), **values)
    exercises = list(connection.scalars(changed.returning(live_runs.c.exercise_id)))
    for exercise_id in exercises:
        tell(connection, exercise_id)
    return len(exercises)


def _seen(connection: Connection, exercise_id: str, who: str, place: Mapping[str, Any]) -> None:
    values = {"exercise_id": exercise_id, "who": who, "seen_at": func.now(), **place}
    change = {name: value for name, value in values.items() if name not in ("exercise_id", "who")}
    connection.execute(
        insert(live_presence).values(values).on_conflict_do_update(index_elements=["exercise_id", "who"], set_=change)
    )


def _exercises(connection: Connection, which: ColumnElement[bool]) -> list[Exercise]:
    query = (
        select(*_EXERCISE)
        .join(invitations, invitations.c.id == live_exercises.c.invitation_id)
        .join(members, members.c.id == live_exercises.c.member_id)
        .where(which)
        .order_by(live_exercises.c.created_at.desc(), live_exercises.c.id)
    )
    return [_exercise(row) for row in connection.execute(query)]


def _exercise(row: Row[Any]) -> Exercise:
    return Exercise(**row._mapping)
