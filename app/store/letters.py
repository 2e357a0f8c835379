"""Letters to rejected candidates, and their wishes for human review."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, func, insert, select, update

from app.platform import secrets
from app.store.record_tables import human_reviews, letters
from app.store.tables import members

ReviewOutcome = Literal["stands", "changed"]


@dataclass(frozen=True)
class Letter:
    """What a candidate was told of the decision of this version.  An erasure leaves its digest alone."""

    invitation_id: str
    version: int
    profile: str
    text: str
    sha256: str
    review_until: datetime | None
    created_at: datetime
    shown_at: datetime | None


@dataclass(frozen=True)
class HumanReview:
    """A wish that a person look again at the decision of `version`; open while `answered_at` is None.

    Without an outcome it ended because the candidate's data were erased.
    """

    id: str
    invitation_id: str
    version: int
    words: str
    created_at: datetime
    due_at: datetime
    outcome: ReviewOutcome | None
    answer: str | None
    member: str | None
    answered_at: datetime | None


_LETTER = [letters.c[name] for name in Letter.__dataclass_fields__]


def add(
    connection: Connection,
    org_id: str,
    invitation_id: str,
    version: int,
    profile: str,
    text: str,
    until: datetime | None,
) -> None:
    """Keep the letter about a decision."""
    about = {"org_id": org_id, "invitation_id": invitation_id, "version": version, "profile": profile}
    digest = hashlib.sha256(text.encode()).hexdigest()
    connection.execute(insert(letters).values(**about, text=text, sha256=digest, review_until=until))


def of_invitation(connection: Connection, invitation_id: str) -> list[Letter]:
    """All letters to a candidate, newest first."""
    query = select(*_LETTER).where(letters.c.invitation_id == invitation_id).order_by(letters.c.version.desc())
    return [Letter(*row) for row in connection.execute(query)]


def shown(connection: Connection, letter: Letter) -> None:
    """Remember that the candidate has opened it, the first time."""
    this = (letters.c.invitation_id == letter.invitation_id) & (letters.c.version == letter.version)
    connection.execute(update(letters).where(this, letters.c.shown_at.is_(None)).values(shown_at=func.now()))


def ask(connection: Connection, org_id: str, letter: Letter, words: str, due_at: datetime) -> str:
    """Keep the wish for a human review of the letter's decision; its id."""
    review_id = secrets.new_id()
    about = {"id": review_id, "org_id": org_id, "invitation_id": letter.invitation_id, "version": letter.version}
    connection.execute(insert(human_reviews).values(**about, words=words, due_at=due_at))
    return review_id


def review(connection: Connection, review_id: str, org_id: str) -> HumanReview | None:
    """One of this organisation."""
    query = _reviews().where(human_reviews.c.id == review_id, human_reviews.c.org_id == org_id)
    row = connection.execute(query).one_or_none()
    return HumanReview(*row) if row else None


def reviews_of(connection: Connection, invitation_id: str) -> list[HumanReview]:
    """All of a candidate, newest first."""
    query = _reviews().where(human_reviews.c.invitation_id == invitation_id)
    return [HumanReview(*row) for row in connection.execute(query.order_by(human_reviews.c.version.desc()))]


def reviews(connection: Connection, org_id: str) -> list[HumanReview]:
    """All of an organisation: the open ones first, by when they are due; then the newest of the others."""
    query = _reviews().where(human_reviews.c.org_id == org_id)
    order = (human_reviews.c.answered_at.desc().nulls_first(), human_reviews.c.due_at)
    return [HumanReview(*row) for row in connection.execute(query.order_by(*order).limit(500))]


def note_overdue(connection: Connection) -> list[tuple[str, int]]:
    """The (invitation, version) of reviews that have become overdue since they were last noted."""
    row = human_reviews.c
    late = row.answered_at.is_(None) & row.reminded_at.is_(None) & (row.due_at < func.now())
    noted = update(human_reviews).where(late).values(reminded_at=func.now()).returning(row.invitation_id, row.version)
    return [(each.invitation_id, each.version) for each in connection.execute(noted)]


def answer(connection: Connection, review_id: str, member_id: str, outcome: ReviewOutcome, words: str) -> bool:
    """Answer it, once; False where it was answered before."""
    still_open = (human_reviews.c.id == review_id) & human_reviews.c.answered_at.is_(None)
    values = {"outcome": outcome, "answer": words, "member_id": member_id, "answered_at": func.now()}
    return connection.execute(update(human_reviews).where(still_open).values(values)).rowcount == 1


def _reviews() -> Select[Any]:
    name = func.coalesce(func.nullif(members.c.name, ""), members.c.email).label("member")
    fields = [name if field == "member" else human_reviews.c[field] for field in HumanReview.__dataclass_fields__]
    return select(*fields).outerjoin(members, members.c.id == human_reviews.c.member_id)
