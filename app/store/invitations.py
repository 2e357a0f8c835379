"""Invitations: who may hand in what until when, and how far they have come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    Select,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from app.platform import secrets
from app.platform.secrets import Keyring
from app.store import candidates
from app.store.candidates import Person
from app.store.record_tables import appeals, decisions, scorecards
from app.store.rows import Candidate, Invitation, State, Status
from app.store.submissions import GRADED
from app.store.tables import candidates as people
from app.store.tables import extensions, invitations, submissions

INVITATION = "invitation"
#: So many words of a search are looked for.
MOST_WORDS = 5

_INVITATION = [invitations.c[name] for name in Invitation.__dataclass_fields__]
_PERSON = [column.label(f"person_{column.name}") for column in candidates.COLUMNS]

_graded = (submissions.c.invitation_id == invitations.c.id) & (submissions.c.kind == GRADED)
_counts = _graded & submissions.c.state.not_in([State.FAILED, State.ABORTED])
_reported = _graded & submissions.c.state.in_([State.GRADED, State.UNGRADED])

#: Attempts spent: what failed on our side, was aborted or only checked counts for nothing.
SPENT = select(func.count()).select_from(submissions).where(_counts).correlate(invitations).scalar_subquery()
_chosen = submissions.c.id == invitations.c.final_submission_id
#: The submission that counts: the candidate's choice unless we failed it, else the last scored, else the last.
FINAL = func.coalesce(
    select(submissions.c.id).where(_chosen, _counts).correlate(invitations).scalar_subquery(),
    select(submissions.c.id)
    .where(_reported)
    .order_by((submissions.c.state == State.GRADED).desc(), submissions.c.created_at.desc())
    .limit(1)
    .correlate(invitations)
    .scalar_subquery(),
)
EXTENDED = (
    select(func.count())
    .select_from(extensions)
    .where(extensions.c.invitation_id == invitations.c.id)
    .correlate(invitations)
    .scalar_subquery()
)


def status() -> Any:
    """The one place that derives an invitation's status: an SQL expression over `invitations`, text of a Status.

    The newest attempt that counts says submitted (it waits), grading or graded; a scorecard makes it in-review, a
    decision decided.  Without an attempt it is expired once it is closed.
    """
    newest = (
        select(submissions.c.state)
        .where(_counts)
        .order_by(submissions.c.created_at.desc())
        .limit(1)
        .correlate(invitations)
        .scalar_subquery()
    )
    reviewed = exists().where(scorecards.c.invitation_id == invitations.c.id).correlate(invitations)
    closed = invitations.c.closed_at.is_not(None) | (invitations.c.deadline < func.now())
    return case(
        (exists().where(decisions.c.invitation_id == invitations.c.id).correlate(invitations), Status.DECIDED.value),
        (invitations.c.revoked_at.is_not(None), Status.WITHDRAWN.value),
        (newest == State.QUEUED, Status.SUBMITTED.value),
        (newest == State.GRADING, Status.GRADING.value),
        (newest.is_not(None) & reviewed, Status.IN_REVIEW.value),
        (newest.is_not(None), Status.GRADED.value),
        (closed, Status.EXPIRED.value),
        (invitations.c.started_at.is_not(None), Status.STARTED.value),
        (invitations.c.opened_at.is_not(None), Status.OPENED.value),
        else_=literal(Status.INVITED.value),
    )


@dataclass(frozen=True)
class NewInvitation:
    """What whoever invites decides.  `deadline` is the final one, the time multiplier already in it."""

    challenge: str
    attempts: int
    label: str = ""
    tags: tuple[str, ...] = ()
    time_multiplier: float = 1.0
    deadline: datetime | None = None
    created_by: str | None = None
    profile: str = "none"
    notice_id: str | None = None


@dataclass(frozen=True)
class Standing:
    """An invitation with its candidate and all that lists show.  `extended` counts extensions; `final` is the
    submission that counts, None where nothing has a report yet."""

    invitation: Invitation
    candidate: Candidate
    status: Status
    spent: int
    extended: int
    final: str | None

    @property
    def left(self) -> int:
        return max(self.invitation.attempts - self.spent, 0)


@dataclass(frozen=True)
class Filter:
    """Which invitations a list holds; None and empty leave a question out.

    `words` each stand in the name, address, external id, label, tags or challenge.  `attention`: somebody has to act.
    """

    challenge: str | None = None
    status: Status | None = None
    tag: str | None = None
    due_before: datetime | None = None
    candidate_id: str | None = None
    words: str | None = None
    attention: bool = False


def add(connection: Connection, org_id: str, wanted: NewInvitation, person: Person | None = None) -> tuple[str, bool]:
    """Invite somebody once to a challenge: (id, whether it is new).

    Raises Conflict where address and external id belong to different people.
    """
    candidate = candidates.find_or_add(connection, org_id, person or Person())
    who = {"id": secrets.new_id(), "org_id": org_id, "candidate_id": candidate.id}
    added = upsert(invitations).values(vars(wanted) | who | {"tags": list(wanted.tags)})
    new = connection.scalar(added.on_conflict_do_nothing().returning(invitations.c.id))
    if new is not None:
        return new, True
    same = (invitations.c.org_id == org_id) & (invitations.c.challenge == wanted.challenge)
    query = select(invitations.c.id).where(same, invitations.c.candidate_id == candidate.id)
    return connection.execute(query).scalar_one(), False


def token(connection: Connection, keys: Keyring, invitation_id: str) -> str:
    """The token of an invitation's present link."""
    version = connection.scalar(select(invitations.c.link_version).where(invitations.c.id == invitation_id))
    return keys.token(INVITATION, invitation_id, version or 0)


def opened_by(connection: Connection, keys: Keyring, token: str) -> Standing | None:
    """The invitation whose present link this is; a withdrawn one too, so that its page can say so."""
    signed = keys.read(INVITATION, token)
    if signed is None:
        return None
    return _one(connection, _standings().where(invitations.c.id == signed[0], invitations.c.link_version == signed[1]))


def standing(connection: Connection, invitation_id: str, org_id: str | None = None) -> Standing | None:
    """One invitation; None as well where it belongs to another organisation than `org_id`."""
    query = _standings().where(invitations.c.id == invitation_id)
    return _one(connection, query if org_id is None else query.where(invitations.c.org_id == org_id))


def needs_attention() -> Any:
    """Graded and not looked at, closed without an attempt, an appeal without an answer, or a last attempt we failed."""
    appealed = exists().where(appeals.c.invitation_id == invitations.c.id, appeals.c.resolved_at.is_(None))
    last = select(submissions.c.state).where(_graded).order_by(submissions.c.created_at.desc()).limit(1)
    failed = last.correlate(invitations).scalar_subquery() == State.FAILED
    done = status().in_([Status.DECIDED, Status.WITHDRAWN])
    return status().in_([Status.GRADED, Status.EXPIRED]) | appealed.correlate(invitations) | (failed & ~done)


def _says(word: str, *, named: bool) -> ColumnElement[bool]:
    name = func.concat_ws(" ", people.c.first_name, people.c.last_name)
    who = (name, people.c.email, people.c.external_id) if named else ()
    tags = func.array_to_string(invitations.c.tags, " ")
    return or_(
        *(text.icontains(word, autoescape=True) for text in (*who, invitations.c.label, invitations.c.challenge, tags))
    )


def listed(org_id: str, only: Filter, *, named: bool = True) -> Select[Any]:
    """The query for an organisation's invitations; its rows are read with `read`.

    Unless `named`, no word is looked for in what tells who somebody is.
    """
    query = _standings().where(invitations.c.org_id == org_id)
    if only.challenge is not None:
        query = query.where(invitations.c.challenge == only.challenge)
    if only.status is not None:
        query = query.where(status() == only.status.value)
    if only.tag is not None:
        query = query.where(invitations.c.tags.any_() == only.tag)
    if only.due_before is not None:
        query = query.where(invitations.c.deadline < only.due_before)
    if only.candidate_id is not None:
        query = query.where(invitations.c.candidate_id == only.candidate_id)
    if only.attention:
        query = query.where(needs_attention())
    return query.where(*(_says(word, named=named) for word in (only.words or "").split()[:MOST_WORDS]))


def read(connection: Connection, query: Select[Any]) -> list[Standing]:
    """The rows of `listed`, narrowed and ordered by whoever asks."""
    return [_standing(row) for row in connection.execute(query).mappings()]


def hold(connection: Connection, invitation_id: str) -> Invitation:
    """The invitation, kept from other transactions until this one ends."""
    query = select(*_INVITATION).where(invitations.c.id == invitation_id).with_for_update()
    return invitation(connection.execute(query).mappings().one())


def change(connection: Connection, invitation_id: str, **values: Any) -> None:
    """Set columns of an invitation."""
    connection.execute(update(invitations).where(invitations.c.id == invitation_id).values(values))


def note_opened(connection: Connection, invitation_id: str) -> bool:
    """Remember when an invitation was first opened; whether this was it."""
    return _note_first(connection, invitation_id, invitations.c.opened_at)


def note_started(connection: Connection, invitation_id: str) -> bool:
    """Remember when its candidate first took the task along or tried it; whether this was it."""
    return _note_first(connection, invitation_id, invitations.c.started_at)


def _note_first(connection: Connection, invitation_id: str, moment: Column[Any]) -> bool:
    first = (invitations.c.id == invitation_id) & moment.is_(None)
    return connection.execute(update(invitations).where(first).values({moment: func.now()})).rowcount == 1


def new_link(connection: Connection, invitation_id: str) -> None:
    """End the present link."""
    change(connection, invitation_id, link_version=invitations.c.link_version + 1)


def close_late(connection: Connection) -> list[str]:
    """Close what the deadline has passed for; the ids of those that were still open."""
    still_open = invitations.c.closed_at.is_(None) & invitations.c.revoked_at.is_(None)
    late = invitations.c.deadline < func.now()
    closed = (
        update(invitations).where(late, still_open).values(closed_at=invitations.c.deadline).returning(invitations.c.id)
    )
    return list(connection.scalars(closed))


def ids_of(connection: Connection, candidate_id: str) -> list[str]:
    """The invitations of a candidate."""
    query = select(invitations.c.id).where(invitations.c.candidate_id == candidate_id)
    return list(connection.scalars(query.order_by(invitations.c.created_at)))


def every(connection: Connection, where: Iterable[Any]) -> list[Standing]:
    """Invitations of all organisations, for what the service does by itself."""
    return read(connection, _standings().where(*where).order_by(invitations.c.id).limit(500))


def invitation(row: RowMapping) -> Invitation:
    """A row of the table as a value."""
    values = {name: row[name] for name in Invitation.__dataclass_fields__}
    return Invitation(**(values | {"tags": tuple(values["tags"])}))


def _standings() -> Select[Any]:
    more = (status().label("status"), SPENT.label("spent"), EXTENDED.label("extended"), FINAL.label("final"))
    return select(*_INVITATION, *_PERSON, *more).join(people, people.c.id == invitations.c.candidate_id)


def _one(connection: Connection, query: Select[Any]) -> Standing | None:
    row: Row[Any] | None = connection.execute(query).one_or_none()
    return _standing(row._mapping) if row else None


def _standing(row: RowMapping) -> Standing:
    person = {name: row[f"person_{name}"] for name in Candidate.__dataclass_fields__}
    whole = Candidate(**person)
    return Standing(invitation(row), whole, Status(row["status"]), row["spent"], row["extended"], row["final"])
