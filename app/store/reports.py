"""Gradings of an organisation in lists, and many asked for at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    any_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.store import access, candidates
from app.store.gradings import COLUMNS, WAITING, grading, waiting
from app.store.lines import Statement
from app.store.members import SIGNED_IN
from app.store.record_tables import scorecards
from app.store.rows import VERSIONS, Candidate, Grading, State
from app.store.submissions import GRADED
from app.store.tables import candidates as people
from app.store.tables import gradings, invitations, organisations, submissions


@dataclass(frozen=True)
class Filter:
    """Which gradings; None leaves a question out.

    `kind` is first, regrade or rescore; `counts`: whether its report is the one that counts.
    """

    challenge: str | None = None
    state: State | None = None
    kind: str | None = None
    band: int | None = None
    counts: bool | None = None
    flagged: str | None = None
    grader_version: str | None = None
    rubric_version: str | None = None
    submission_id: str | None = None
    invitation_id: str | None = None
    batch: str | None = None


@dataclass(frozen=True)
class Listed:
    """A grading with what lists show of its submission."""

    grading: Grading
    challenge: str
    invitation_id: str | None
    counts: bool


@dataclass(frozen=True)
class Batch:
    """Gradings that were asked for at once, and how many are in each state."""

    id: str
    reason: str
    requested_by: str | None
    created_at: datetime
    states: Mapping[State, int]

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def done(self) -> int:
        return sum(count for state, count in self.states.items() if state.final)


_counts = gradings.c.run == submissions.c.report_run
#: In the words of an index, which a value beside the query would not match.
_FLAGGED: ColumnElement[Any] = literal_column("(gradings.summary -> 'flagged')", JSONB)


@dataclass(frozen=True)
class Reported:
    """A submission with one grading of it, and what decides how much of its report a reader sees.

    `run` and `begun` are the grading's, 0 where there is none; `state` and `problem` are its own, or else the
    submission's.  `rated`: the reader's own scorecard of this invitation is locked.
    """

    submission_id: str
    invitation_id: str | None
    run: int
    begun: int
    state: State
    problem: str | None
    hide_until_locked: bool
    blind: bool
    candidate: Candidate | None
    rated: bool


def _reported(who: Select[Any]) -> Select[Any]:
    """One submission of the organisation of `who`, a query of one row with `org_id` and the member's `id`.

    The columns are those of `who`, then those that `reported` reads: empty where there is no such submission.  The
    grading is the one that counts unless `run` is given.  The id of a key is no member's, so it has no scorecard.
    """
    reader = who.subquery("reader")
    run = func.coalesce(bindparam("run", type_=Integer), submissions.c.report_run)
    own = (scorecards.c.invitation_id == submissions.c.invitation_id) & (scorecards.c.member_id == reader.c.id)
    mine = (submissions.c.org_id == reader.c.org_id) & (submissions.c.kind == GRADED)
    shown = (
        submissions.c.id,
        submissions.c.invitation_id,
        func.coalesce(gradings.c.run, 0),
        func.coalesce(gradings.c.begun, 0),
        func.coalesce(gradings.c.state, submissions.c.state),
        case((gradings.c.run.is_(None), submissions.c.problem), else_=gradings.c.problem),
        organisations.c.hide_until_locked,
        organisations.c.blind,
        exists().where(own, scorecards.c.locked_at.is_not(None)),
    )
    return (
        select(*reader.c, *shown, *candidates.COLUMNS)
        .join(organisations, organisations.c.id == reader.c.org_id)
        .outerjoin(submissions, mine & (submissions.c.id == bindparam("submission_id", type_=Text)))
        .outerjoin(gradings, (gradings.c.submission_id == submissions.c.id) & (gradings.c.run == run))
        .outerjoin(invitations, invitations.c.id == submissions.c.invitation_id)
        .outerjoin(people, people.c.id == invitations.c.candidate_id)
    )


_READER: list[ColumnElement[Any]] = [
    bindparam("org_id", type_=Text).label("org_id"),
    bindparam("member_id", type_=Text).label("id"),
]
_TO_MEMBER = _reported(select(*_READER))
#: The same with whose key or session it is in front: who asks, the policies and the report in one round trip.
WITH_KEY, WITH_SESSION = Statement(_reported(access.ALIVE)), Statement(_reported(SIGNED_IN))


def listed(org_id: str, only: Filter) -> Select[Any]:
    """The query for an organisation's gradings; its rows are read with `read`."""
    more = (submissions.c.challenge, submissions.c.invitation_id, func.coalesce(_counts, False).label("counts"))
    query = select(*COLUMNS, *more).join(submissions, submissions.c.id == gradings.c.submission_id)
    return query.where(submissions.c.org_id == org_id, *_narrowed(only))


def one(connection: Connection, org_id: str, submission_id: str, run: int) -> Listed | None:
    """One grading as lists show it."""
    query = listed(org_id, Filter(submission_id=submission_id)).where(gradings.c.run == run)
    return next(iter(read(connection, query)), None)


def with_report(
    connection: Connection, submission_id: str, org_id: str, member_id: str | None, run: int | None
) -> Reported | None:
    """A submission for a reader, with one grading of it: the one whose report counts unless a run is named."""
    asked = {"submission_id": submission_id, "org_id": org_id, "member_id": member_id, "run": run}
    row = connection.execute(_TO_MEMBER, asked).one_or_none()
    return reported(row[2:]) if row else None


def parted(
    rows: Sequence[tuple[Any, ...]] | None, who: Select[Any]
) -> tuple[tuple[Any, ...], tuple[Any, ...]] | tuple[None, None]:
    """(the columns of `who`, what `reported` reads) of a row; None twice where `who` is nobody or `stale`, its last."""
    width = len(who.selected_columns)
    return (rows[0][:width], rows[0][width:]) if rows and not rows[0][width - 1] else (None, None)


def reported(row: Sequence[Any]) -> Reported | None:
    """What follows the columns of whoever asks; None where their organisation has no such submission."""
    submission_id, invitation_id, run, begun, state, problem, hidden, blind, rated, *whose = row
    if submission_id is None:
        return None
    candidate = Candidate(*whose) if whose[0] is not None else None
    return Reported(submission_id, invitation_id, run, begun, State(state), problem, hidden, blind, candidate, rated)


def read(connection: Connection, query: Select[Any]) -> list[Listed]:
    """The rows of `listed`, narrowed and ordered by whoever asks."""
    found = []
    for row in connection.execute(query).mappings():
        values = dict(row)
        more = [values.pop(name) for name in ("challenge", "invitation_id", "counts")]
        found.append(Listed(grading(values), *more))
    return found


def ask_all(
    connection: Connection, submission_ids: Sequence[str], reason: str, requested_by: str, batch: str, *, pinned: bool
) -> dict[str, int]:
    """One more grading for each of these submissions, which the caller holds: run by id.  See gradings.ask."""
    last = select(gradings.c.submission_id.label("id"), func.max(gradings.c.run).label("run"))
    last = last.where(gradings.c.submission_id == any_(literal(list(submission_ids), ARRAY(Text))))
    newest = last.group_by(gradings.c.submission_id).subquery()
    versions = [gradings.c[name] for name in VERSIONS] if pinned else []
    new = (literal(reason), literal(State.QUEUED.value), literal(requested_by), literal(batch))
    source = (
        select(newest.c.id, newest.c.run + 1, *new, *versions)
        .join(submissions, submissions.c.id == newest.c.id)
        .join(gradings, (gradings.c.submission_id == newest.c.id) & _counts)
    )
    names = ["submission_id", "run", "reason", "state", "requested_by", "batch", *(VERSIONS if pinned else ())]
    added = insert(gradings).from_select(names, source).returning(gradings.c.submission_id, gradings.c.run)
    return {row.submission_id: row.run for row in connection.execute(added)}


def hold(connection: Connection, org_id: str, only: Filter, most: int) -> dict[str, str]:
    """Submissions at rest whose counting report passes the filter, kept from other transactions: challenge by id.

    At most `most` of them, in the order of their ids.
    """
    other = gradings.alias()
    busy = exists().where(other.c.submission_id == submissions.c.id, other.c.state.in_(WAITING))
    query = (
        select(submissions.c.id, submissions.c.challenge)
        .join(gradings, (gradings.c.submission_id == submissions.c.id) & _counts)
        .where(submissions.c.org_id == org_id, ~busy, *_narrowed(only))
        .order_by(submissions.c.id)
        .limit(most)
        .with_for_update(of=submissions)
    )
    return {row.id: row.challenge for row in connection.execute(query)}


def batch(connection: Connection, batch_id: str, org_id: str) -> Batch | None:
    """How far the gradings of this organisation that were asked for at once have come."""
    query = (
        select(gradings.c.state, func.count(), func.min(gradings.c.created_at))
        .add_columns(func.min(gradings.c.reason), func.min(gradings.c.requested_by))
        .join(submissions, submissions.c.id == gradings.c.submission_id)
        .where(submissions.c.org_id == org_id, gradings.c.batch == batch_id)
        .group_by(gradings.c.state)
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    _, _, created_at, reason, requested_by = rows[0]
    return Batch(batch_id, reason, requested_by, created_at, {State(row[0]): row[1] for row in rows})


def end_batch(connection: Connection, org_id: str, batch_id: str, state: State, problem: str) -> list[Grading]:
    """Close those of a batch that still wait or go."""
    mine = exists().where(submissions.c.id == gradings.c.submission_id, submissions.c.org_id == org_id)
    closing = update(gradings).where(gradings.c.batch == batch_id, waiting, mine)
    done = closing.values(state=state, problem=problem, finished_at=func.now()).returning(*COLUMNS)
    return [grading(row) for row in connection.execute(done).mappings()]


def _narrowed(only: Filter) -> list[ColumnElement[bool]]:
    columns = gradings.c
    asked: tuple[tuple[object, ColumnElement[bool]], ...] = (
        (only.challenge, submissions.c.challenge == only.challenge),
        (only.state, columns.state == only.state),
        (only.kind, columns.reason == only.kind),
        (only.band, columns.band == only.band),
        (only.counts, func.coalesce(_counts, False) == only.counts),
        (only.flagged, _FLAGGED.has_key(only.flagged)),
        (only.grader_version, columns.grader_version == only.grader_version),
        (only.rubric_version, columns.rubric_version == only.rubric_version),
        (only.submission_id, columns.submission_id == only.submission_id),
        (only.invitation_id, submissions.c.invitation_id == only.invitation_id),
        (only.batch, columns.batch == only.batch),
    )
    return [condition for value, condition in asked if value is not None]
