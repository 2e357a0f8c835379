"""Invitations: who may hand in what until when, and how far they have come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    Select,
    Text,
    any_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from app.errors import Conflict
from app.platform import queue, secrets
from app.platform.secrets import Keyring
from app.store import candidates
from app.store.candidates import Person
from app.store.challenges import base_of
from app.store.paging import Cursor, Paging
from app.store.rows import Attention, Candidate, Invitation, Status
from app.store.tables import assignments, extensions, invitations, organisations
from app.store.tables import candidates as people

INVITATION = "invitation"
#: So many words of a search are looked for.
MOST_WORDS = 5
#: Where nothing was handed in and something still can be.
WAITING = (Status.INVITED.value, Status.OPENED.value, Status.STARTED.value)
#: The column `due_at` of an invitation without a deadline, so that it comes after all others.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
#: The same in the words of an index, which a value beside the query would not match.
_NEVER: ColumnElement[datetime] = literal_column("TIMESTAMPTZ '9000-01-01 00:00:00+00'")

_INVITATION = [invitations.c[name] for name in Invitation._fields]
_WIDTH, _TAGS = len(_INVITATION), _INVITATION.index(invitations.c.tags)
_PERSON = [column.label(f"person_{column.name}") for column in candidates.COLUMNS]

EXTENDED = (
    select(func.count())
    .select_from(extensions)
    .where(extensions.c.invitation_id == invitations.c.id)
    .correlate(invitations)
    .scalar_subquery()
)


#: The status as it is now: an invitation whose deadline has just passed is closed by the next upkeep only.
NOW = case(
    (invitations.c.status.in_(WAITING) & (invitations.c.deadline < func.now()), Status.EXPIRED.value),
    else_=invitations.c.status,
)


#: All columns of a Standing.
STANDINGS = select(
    *_INVITATION,
    *_PERSON,
    NOW.label("status"),
    invitations.c.spent,
    EXTENDED.label("extended"),
    invitations.c.counts_id.label("final"),
    invitations.c.attention,
    invitations.c.moved_at,
).join(people, people.c.id == invitations.c.candidate_id)


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
    minutes: int | None = None
    pauses: int = 0
    pause_minutes: int = 0


class Standing(NamedTuple):
    """An invitation with its candidate and all that lists show.  `extended` counts extensions; `final` is the
    submission that counts, None where nothing has a report yet; `moved_at` is when the status last changed."""

    invitation: Invitation
    candidate: Candidate
    status: Status
    spent: int
    extended: int
    final: str | None
    attention: Attention
    moved_at: datetime

    @property
    def left(self) -> int:
        return max(self.invitation.attempts - self.spent, 0)


class Sort(StrEnum):
    """In which order a list stands: newest first, last changed, due first, or what needs somebody first."""

    NEWEST = "newest"
    MOVED = "moved"
    DEADLINE = "deadline"
    ATTENTION = "attention"


@dataclass(frozen=True)
class Filter:
    """Which invitations a list holds; None and empty leave a question out.

    `words` each stand in the name, address, external id, label, tags or challenge.  `attention`: somebody has to act.
    `interviewer` is a member's id, and NOBODY for those whom nobody is to debrief.  `appeal`: one is open.
    Unless `timers`, the reader is not to know when somebody's timer ends: by it nobody is found or put in order.
    """

    challenge: str | None = None
    status: Status | None = None
    tag: str | None = None
    due_before: datetime | None = None
    candidate_id: str | None = None
    words: str | None = None
    attention: bool = False
    due_after: datetime | None = None
    band: int | None = None
    interviewer: str | None = None
    appeal: bool = False
    ids: tuple[str, ...] | None = None
    timers: bool = True


NOBODY = "nobody"
#: So many of a list are looked through for the words of a search before all of them are.
NEAR = 1000


def add(connection: Connection, org_id: str, wanted: NewInvitation, person: Person | None = None) -> tuple[str, bool]:
    """Invite somebody once to a challenge: (id, whether it is new).

    Raises Conflict where address and external id belong to different people.
    """
    (added,) = add_all(connection, org_id, [(wanted, person or Person())])
    if isinstance(added, Conflict):
        raise added
    return added


def add_all(
    connection: Connection, org_id: str, wanted: Sequence[tuple[NewInvitation, Person]]
) -> list[tuple[str, bool] | Conflict]:
    """Invite each person once to one challenge, the same for all, in a few statements: (id, whether it is new).

    Where the organisation wants it so for this challenge, making their own rows is queued.  A Conflict stands for
    whoever's address and external id belong to different people.  No two of the persons share one of these.
    """
    if not wanted:
        return []
    challenge = wanted[0][0].challenge
    people_of = candidates.find_or_add(connection, org_id, [person for _, person in wanted])
    own_rows = select(organisations.c.own_rows).where(organisations.c.id == org_id)
    own = base_of(challenge) in (connection.scalar(own_rows) or ())
    rows = [
        vars(new)
        | {"id": secrets.new_id(), "org_id": org_id, "candidate_id": whose.id, "lot": secrets.new_id() if own else ""}
        | {"tags": list(new.tags)}
        for (new, _), whose in zip(wanted, people_of, strict=True)
        if isinstance(whose, Candidate)
    ]
    if not rows:
        return [whose for whose in people_of if isinstance(whose, Conflict)]
    connection.execute(upsert(invitations).on_conflict_do_nothing(), rows)
    theirs = invitations.c.candidate_id == any_(literal([row["candidate_id"] for row in rows], ARRAY(Text)))
    same = (invitations.c.org_id == org_id) & (invitations.c.challenge == challenge)
    query = select(invitations.c.candidate_id, invitations.c.id).where(same, theirs)
    known = {row.candidate_id: row.id for row in connection.execute(query)}
    new = {row["id"] for row in rows} & set(known.values())
    if own:
        queue.enqueue_rows(connection, sorted(new))
    added: list[tuple[str, bool] | Conflict] = []
    for whose in people_of:
        if isinstance(whose, Conflict):
            added.append(whose)
            continue
        added.append((known[whose.id], known[whose.id] in new))
        new.discard(known[whose.id])  # two rows may say the same person, one by address, one by external id
    return added


def token(connection: Connection, keys: Keyring, invitation_id: str) -> str:
    """The token of an invitation's present link."""
    version = connection.scalar(select(invitations.c.link_version).where(invitations.c.id == invitation_id))
    return keys.token(INVITATION, invitation_id, version or 0)


def opened_by(connection: Connection, keys: Keyring, token: str) -> Standing | None:
    """The invitation whose present link this is; a withdrawn one too, so that its page can say so."""
    signed = keys.read(INVITATION, token)
    if signed is None:
        return None
    return _one(connection, STANDINGS.where(invitations.c.id == signed[0], invitations.c.link_version == signed[1]))


def standing(connection: Connection, invitation_id: str, org_id: str | None = None) -> Standing | None:
    """One invitation; None as well where it belongs to another organisation than `org_id`."""
    query = STANDINGS.where(invitations.c.id == invitation_id)
    return _one(connection, query if org_id is None else query.where(invitations.c.org_id == org_id))


def _says(word: str, row: ReadOnlyColumnCollection[str, Any], *, named: bool) -> ColumnElement[bool]:
    name = func.concat_ws(" ", people.c.first_name, people.c.last_name)
    who = (name, people.c.email, people.c.external_id, row.label) if named else ()
    tags = func.array_to_string(row.tags, " ")
    somewhere = or_(*(text.icontains(word, autoescape=True) for text in (*who, row.challenge, tags)))
    pieces: ColumnElement[bool] = row.terms.contains(func.assay_pieces(word, "" if named else "~", type_=ARRAY(Text)))
    return pieces & somewhere


def listed(org_id: str, only: Filter, *, named: bool = True) -> Select[Any]:
    """The query for an organisation's invitations; its rows are read with `read`.

    Unless `named`, no word is looked for in what tells who somebody is.
    """
    row, words = invitations.c, (only.words or "").split()[:MOST_WORDS]
    terms = [f"org:{org_id}", *([f"tag:{only.tag}"] if only.tag else [])]
    # Built only where it was asked: expressions take longer than their query.
    narrowed: Sequence[tuple[object, Callable[[], ColumnElement[bool]]]] = (
        (bool(words) or only.tag, lambda: row.terms.contains(terms)),
        (only.challenge, lambda: row.challenge == only.challenge),
        (only.status, lambda: row.status == only.status),
        (only.due_before, lambda: row.deadline < only.due_before),
        (only.due_after, lambda: row.deadline >= only.due_after),
        (not only.timers and (only.due_before or only.due_after), lambda: row.minutes.is_(None)),
        (only.candidate_id, lambda: row.candidate_id == only.candidate_id),
        (only.band, lambda: row.counts_band == only.band),
        (only.attention, lambda: row.attention > 0),
        (only.appeal, lambda: (row.attention >= Attention.APPEAL) & _needs(Attention.APPEAL)),
    )
    query = STANDINGS.where(row.org_id == org_id, *(where() for said, where in narrowed if said))
    if only.interviewer is not None:
        query = query.where(_debriefed_by(only.interviewer))
    if only.ids is not None:
        query = query.where(row.id.in_(only.ids))
    return query.where(*(_says(word, row, named=named) for word in words))


def page(
    connection: Connection, org_id: str, only: Filter, sort: Sort, paging: Paging, *, named: bool = True
) -> list[Standing]:
    """The rows of `listed` that belong on a page in this order, and one more where there are more.

    What many have in their name would be found in all of them and then put in order.  So the next NEAR of the list are
    looked through first, in their order; mostly they fill the page.
    """
    if only.words:
        ids = connection.scalars(_near(org_id, only, sort, paging, named=named)).all()
        if len(ids) > paging.limit:
            only = replace(only, words=None, ids=tuple(ids))
    return read(connection, ordered(listed(org_id, only, named=named), sort, paging, timers=only.timers))


def _near(org_id: str, only: Filter, sort: Sort, paging: Paging, *, named: bool) -> Select[Any]:
    """Ids of a page out of the next NEAR of the list."""
    near = replace(paging, limit=NEAR)
    everybody = ordered(listed(org_id, replace(only, words=None)), sort, near, timers=only.timers)
    row = everybody.with_only_columns(*invitations.c).subquery("near").c
    found = select(row.id).join(people, people.c.id == row.candidate_id)
    found = found.where(*(_says(word, row, named=named) for word in (only.words or "").split()[:MOST_WORDS]))
    return ordered(found, sort, Paging(paging.limit), row, timers=only.timers)


def _needs(reason: Attention) -> ColumnElement[bool]:
    return invitations.c.attention.op("&")(reason.value) > 0


def _debriefed_by(interviewer: str) -> ColumnElement[bool]:
    its = select(assignments.c.invitation_id)
    if interviewer == NOBODY:
        return ~its.where(assignments.c.invitation_id == invitations.c.id).exists()
    return invitations.c.id.in_(its.where(assignments.c.member_id == interviewer))


def ordered(
    query: Select[Any],
    sort: Sort,
    page: Paging,
    row: ReadOnlyColumnCollection[str, Any] = invitations.c,
    *,
    timers: bool = True,
) -> Select[Any]:
    """The rows of `listed` that belong on a page in this order, and one more where there are more."""
    after = page.after
    if sort is Sort.ATTENTION:
        if after is not None:
            query = query.where(tuple_(row.attention, row.moved_at, row.id) < tuple_(after.rank, after.at, after.id))
        query = query.order_by(row.attention.desc(), row.moved_at.desc(), row.id.desc())
    elif sort is Sort.DEADLINE:
        due = row.due_at if timers else case((row.minutes.is_(None), row.due_at), else_=_NEVER)
        if after is not None:
            query = query.where(tuple_(due, row.id) > tuple_(after.at, after.id))
        query = query.order_by(due, row.id)
    else:
        return page.of(query, row.moved_at if sort is Sort.MOVED else row.created_at, row.id)
    return query.limit(page.limit + 1)


def cursor(sort: Sort, last: Standing, *, timers: bool = True) -> Cursor:
    """Where the page after this row begins; `timers` as in Filter."""
    invitation = last.invitation
    due = invitation.deadline if timers or invitation.minutes is None else None
    at = {Sort.NEWEST: invitation.created_at, Sort.DEADLINE: due or NEVER}.get(sort, last.moved_at)
    return Cursor(at, invitation.id, last.attention.value)


def counts(connection: Connection, org_id: str, most: int) -> dict[str, int]:
    """Invitations by status, and under `attention` those that somebody has to act on; none is counted beyond `most`."""
    mine = select(invitations.c.id).where(invitations.c.org_id == org_id)
    sets = {state.value: mine.where(invitations.c.status == state.value) for state in Status}
    sets |= {"attention": mine.where(invitations.c.attention > 0), "all": mine}
    counted = [
        select(func.count()).select_from(found.limit(most).subquery()).scalar_subquery().label(name)
        for name, found in sets.items()
    ]
    row = connection.execute(select(*counted)).one()
    return {name: count for name, count in row._mapping.items() if count}


def note_read(connection: Connection, org_id: str, invitation_id: str) -> None:
    """A member has opened the report that counts."""
    this = (invitations.c.id == invitation_id) & (invitations.c.org_id == org_id)
    connection.execute(update(invitations).where(this, _needs(Attention.UNREAD)).values(read_at=func.now()))


def refresh(connection: Connection) -> None:
    """Bring up to date what time alone has changed: debriefs that have come near, or are over."""
    soon = assignments.c.debrief_at.between(func.now(), func.now() + timedelta(hours=24))
    near = select(assignments.c.invitation_id).where(soon)
    marked = _needs(Attention.DEBRIEF)
    done = invitations.c.status.in_([Status.DECIDED, Status.WITHDRAWN])
    over = (invitations.c.attention >= Attention.DEBRIEF) & marked & invitations.c.id.not_in(near)
    come = invitations.c.id.in_(near) & ~marked & ~done
    for changed in (over, come):
        connection.execute(update(invitations).where(changed).values(status=invitations.c.status))


def read(connection: Connection, query: Select[Any]) -> list[Standing]:
    """The rows of `listed`, narrowed and ordered by whoever asks.

    As psycopg reads them: what SQLAlchemy makes of each row takes longer than the query.
    """
    with connection.execute(query) as found:
        rows = found.cursor.fetchall() if found.cursor else ()
    return [_standing(row) for row in rows]


def hold(connection: Connection, invitation_id: str) -> Invitation:
    """The invitation, kept from other transactions until this one ends."""
    query = select(*_INVITATION).where(invitations.c.id == invitation_id).with_for_update()
    return invitation(connection.execute(query).mappings().one())


def hold_all(connection: Connection, org_id: str, invitation_ids: Sequence[str]) -> None:
    """Keep these from other transactions until this one ends; in one order for all, so that nobody waits in a ring."""
    those = invitations.c.id.in_(invitation_ids) & (invitations.c.org_id == org_id)
    connection.execute(select(invitations.c.id).where(those).order_by(invitations.c.id).with_for_update())


def invited(connection: Connection, org_id: str, challenge: str, invitation_ids: Sequence[str]) -> set[str]:
    """The ids of those candidates of these invitations who are invited to a challenge."""
    theirs = select(invitations.c.candidate_id).where(invitations.c.id.in_(invitation_ids))
    its = (invitations.c.org_id == org_id) & (invitations.c.challenge == challenge)
    return set(
        connection.scalars(select(invitations.c.candidate_id).where(its, invitations.c.candidate_id.in_(theirs)))
    )


def change(connection: Connection, invitation_id: str, **values: Any) -> None:
    """Set columns of an invitation."""
    change_all(connection, [invitation_id], **values)


def change_all(connection: Connection, invitation_ids: Sequence[str], **values: Any) -> None:
    """Set the same columns of several invitations."""
    connection.execute(update(invitations).where(invitations.c.id.in_(invitation_ids)).values(values))


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


def of_candidate(connection: Connection, candidate_id: str) -> list[Invitation]:
    """The invitations of a candidate, as values."""
    query = select(*_INVITATION).where(invitations.c.candidate_id == candidate_id)
    return [invitation(row) for row in connection.execute(query).mappings()]


def every(connection: Connection, where: Iterable[Any]) -> list[Standing]:
    """Invitations of all organisations, for what the service does by itself."""
    return read(connection, STANDINGS.where(*where).order_by(invitations.c.id).limit(500))


def invitation(row: RowMapping) -> Invitation:
    """A row of the table as a value."""
    values = {name: row[name] for name in Invitation._fields}
    return Invitation(**(values | {"tags": tuple(values["tags"])}))


def _one(connection: Connection, query: Select[Any]) -> Standing | None:
    row: Row[Any] | None = connection.execute(query).one_or_none()
    return _standing(row) if row else None


def _standing(row: Sequence[Any]) -> Standing:
    """By the places of its columns: a page has thousands of values."""
    status, spent, extended, final, attention, moved_at = row[_WIDTH + len(_PERSON) :]
    return Standing(
        Invitation._make([*row[:_TAGS], tuple(row[_TAGS]), *row[_TAGS + 1 : _WIDTH]]),
        Candidate._make(row[_WIDTH : _WIDTH + len(_PERSON)]),
        _STATUSES[status],
        spent,
        extended,
        final,
        _ATTENTIONS[attention],
        moved_at,
    )


_STATUSES = {status.value: status for status in Status}
_ATTENTIONS = [Attention(bits) for bits in range(2 * max(Attention))]
