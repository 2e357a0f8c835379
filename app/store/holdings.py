"""Everything that the database holds about one candidate, and taking it away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, case, delete, exists, func, select, update

from app.store import candidates
from app.store.record_tables import (
    appeals,
    audit_log,
    comments,
    decision_mails,
    decisions,
    disputes,
    human_reviews,
    legal_holds,
    letters,
    live_exercises,
    live_files,
    live_runs,
    mails,
    news_items,
    notice_readings,
    orders,
    pushes,
    repositories,
    scorecards,
    share_links,
)
from app.store.rows import SubmissionRow, submission_row
from app.store.tables import candidates as people
from app.store.tables import extensions, fingerprints, gradings, invitations, organisations, phases, submissions

#: Columns that say something of other people, or lead somewhere; nobody's data but ours.
OURS = frozenset({
    "org_id", "created_by", "member_id", "resolved_by", "requested_by", "link_version", "passcode", "api_key_id",
    "batch", "system_id", "channel_id", "message_id", "mentions",
    "lot", "counts_id", "counts_band", "attention", "moved_at", "due_at", "read_at", "terms",
    "hashes",
})  # fmt: skip


@dataclass(frozen=True)
class Expired:
    """Candidates whose last invitation has been kept as long as its organisation keeps them."""

    org_id: str
    candidate_id: str


def rows(connection: Connection, candidate_id: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(table, its rows) about a candidate, without what is ours."""
    mine = invitations.c.candidate_id == candidate_id
    its = select(invitations.c.id).where(mine)
    handed_in = select(submissions.c.id).where(submissions.c.invitation_id.in_(its))
    yield _rows(connection, people, people.c.id == candidate_id)
    yield _rows(connection, invitations, mine)
    yield _rows(connection, legal_holds, legal_holds.c.candidate_id == candidate_id)
    judged = (appeals, decisions, decision_mails, scorecards, letters, human_reviews)
    for table in (
        extensions,
        submissions,
        pushes,
        mails,
        news_items,
        orders,
        notice_readings,
        comments,
        live_exercises,
        *judged,
    ):
        yield _rows(connection, table, table.c.invitation_id.in_(its))
    for table in (gradings, phases, repositories, disputes, share_links, fingerprints):
        yield _rows(connection, table, table.c.submission_id.in_(handed_in))
    exercises = select(live_exercises.c.id).where(live_exercises.c.invitation_id.in_(its))
    for table in (live_files, live_runs):
        yield _rows(connection, table, table.c.exercise_id.in_(exercises))
    subjects = [f"candidate:{candidate_id}", *(f"invitation:{one}" for one in connection.scalars(its))]
    said = audit_log.c.subject.in_(subjects)
    entries = select(audit_log.c.at, audit_log.c.action, audit_log.c.subject, audit_log.c.detail).where(said)
    yield "audit_log", [dict(row) for row in connection.execute(entries.order_by(audit_log.c.seq)).mappings()]


def submissions_of(connection: Connection, candidate_id: str) -> list[SubmissionRow]:
    """All that a candidate handed in to any invitation, checks too, the first one first."""
    query = select(submissions).where(submissions.c.invitation_id.in_(_invitations(candidate_id)))
    return [submission_row(row) for row in connection.execute(query.order_by(submissions.c.created_at)).mappings()]


def close(connection: Connection, candidate_id: str) -> None:
    """Take nothing more from a candidate, so that what is being removed does not grow again."""
    mine = invitations.c.candidate_id == candidate_id
    at = func.coalesce(invitations.c.revoked_at, func.now())
    connection.execute(update(invitations).where(mine).values(revoked_at=at))


def remove(connection: Connection, candidate_id: str) -> None:
    """Remove what they handed in with its reports, what was written about them, and who they are.

    Unnamed rows stay: that somebody was invited, how it ended, the ratings, which notice was read, and of letters and
    human reviews when, their outcome and the letter's digest; and the links end.
    """
    its = _invitations(candidate_id)
    connection.execute(delete(submissions).where(submissions.c.invitation_id.in_(its)))
    connection.execute(update(decisions).where(decisions.c.invitation_id.in_(its)).values(rationale=""))
    connection.execute(delete(comments).where(comments.c.invitation_id.in_(its)))
    connection.execute(update(scorecards).where(scorecards.c.invitation_id.in_(its)).values(notes={}))
    connection.execute(update(extensions).where(extensions.c.invitation_id.in_(its)).values(reason=""))
    connection.execute(delete(pushes).where(pushes.c.invitation_id.in_(its)))
    connection.execute(delete(news_items).where(news_items.c.invitation_id.in_(its)))
    connection.execute(update(letters).where(letters.c.invitation_id.in_(its)).values(text=""))
    its_mails = decision_mails.c.invitation_id.in_(its)
    connection.execute(update(decision_mails).where(its_mails).values(subject="", body=""))
    ended = func.coalesce(human_reviews.c.answered_at, func.now())
    forgotten = {"words": "", "answer": case((human_reviews.c.answer.is_not(None), "")), "answered_at": ended}
    connection.execute(update(human_reviews).where(human_reviews.c.invitation_id.in_(its)).values(forgotten))
    connection.execute(update(legal_holds).where(legal_holds.c.candidate_id == candidate_id).values(reason=""))
    elsewhere = {"remote_id": orders.c.id, "callback": "", "profile": ""}
    connection.execute(update(orders).where(orders.c.invitation_id.in_(its)).values(elsewhere))
    version = invitations.c.link_version + 1
    unnamed: dict[str, Any] = {"label": "", "tags": [], "link_version": version, "lot": "", "rows_made_at": None}
    connection.execute(update(invitations).where(invitations.c.candidate_id == candidate_id).values(unnamed))
    candidates.forget(connection, candidate_id)


def expired(connection: Connection, least: Mapping[str, int], limit: int = 100) -> list[Expired]:
    """Candidates to forget: their organisation's `retention_days` have passed for each of their invitations.

    `least` are the days for which an invitation's profile of jurisdiction keeps records at least.  Nobody who is under
    a legal hold is among them.

    They count from the decision; without one from the close or the deadline; of an invitation that never closes, from
    when something was last handed in.
    """
    by_law = case(*((invitations.c.profile == name, days) for name, days in least.items()), else_=0)
    days = func.make_interval(0, 0, 0, func.greatest(organisations.c.retention_days, by_law))
    held = exists().where(legal_holds.c.candidate_id == people.c.id, legal_holds.c.ended_at.is_(None))
    kept = exists().where(invitations.c.candidate_id == people.c.id, _since() >= func.now() - days)
    query = (
        select(people.c.org_id, people.c.id)
        .join(organisations, organisations.c.id == people.c.org_id)
        .where(people.c.erased_at.is_(None), exists().where(invitations.c.candidate_id == people.c.id), ~kept)
        .where(~held)
        .order_by(people.c.created_at)
        .limit(limit)
    )
    return [Expired(*row) for row in connection.execute(query)]


def _since() -> ColumnElement[Any]:
    decided = select(func.max(decisions.c.created_at)).where(decisions.c.invitation_id == invitations.c.id)
    last = select(func.max(submissions.c.created_at)).where(submissions.c.invitation_id == invitations.c.id)
    closed = func.coalesce(invitations.c.closed_at, invitations.c.revoked_at, invitations.c.deadline)
    open_ended = func.greatest(invitations.c.created_at, last.correlate(invitations).scalar_subquery())
    return func.coalesce(decided.correlate(invitations).scalar_subquery(), closed, open_ended)


def _invitations(candidate_id: str) -> Select[Any]:
    return select(invitations.c.id).where(invitations.c.candidate_id == candidate_id)


def _rows(connection: Connection, table: Table, which: ColumnElement[bool]) -> tuple[str, list[dict[str, Any]]]:
    told = [column for column in table.c if column.name not in OURS]
    return table.name, [dict(row) for row in connection.execute(select(*told).where(which)).mappings()]
