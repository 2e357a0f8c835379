"""Mails that are to be sent: one row for each, whose job is committed together with what the mail tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Connection, Text, any_, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.platform import queue as jobs
from app.platform import secrets
from app.store.record_tables import mails

TASK = "mail"


class Kind(StrEnum):
    """What a mail is about.  Its `version` makes it due again: the link's, or how often the deadline was moved."""

    INVITATION = "invitation"
    EXTENDED = "extended"
    REMINDER_48 = "reminder-48"
    REMINDER_4 = "reminder-4"
    REMINDER = "reminder"  # by hand
    STARTED = "started"  # the candidate's timer runs
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"  # version: how often it was
    RECEIVED = "received"  # version: which attempt it is, for the next one too
    GRADED = "graded"  # its end, whatever that was
    CLOSED = "closed"
    APPEAL = "appeal"  # version: how many appeals are answered
    LETTER = "letter"  # version: the decision's
    DECISION = "decision"  # the organisation's own words; version: the decision's
    REVIEWED = "reviewed"  # version: that of the decision that was looked at again
    WELCOME = "welcome"  # to a member
    NEWS = "news"  # to a member, about candidates; version: when it was made
    DEBRIEF = "debrief"  # to a member, the day before; version: how often the date was changed


@dataclass(frozen=True)
class Mail:
    id: str
    org_id: str
    kind: Kind
    version: int
    invitation_id: str | None
    member_id: str | None


_MAIL = [mails.c[name] for name in Mail.__dataclass_fields__]


def queue(
    connection: Connection,
    org_id: str,
    kind: Kind,
    version: int,
    *,
    invitation_id: str | None = None,
    member_id: str | None = None,
) -> str | None:
    """Send a mail once the transaction is committed; its id, None where it was queued before.

    To a member where there is one, about the invitation where there is one; else to its candidate.
    """
    who = {"version": version, "invitation_id": invitation_id, "member_id": member_id}
    return next(iter(queue_all(connection, org_id, kind, [who])), None)


def queue_all(connection: Connection, org_id: str, kind: Kind, to: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """The same for each of `to`: its `version`, `invitation_id` and `member_id`; the ids of those not queued before."""
    if not to:
        return ()
    rows = [{"id": secrets.new_id(), "org_id": org_id, "kind": kind, **who} for who in to]
    connection.execute(upsert(mails).on_conflict_do_nothing(), rows)
    added = select(mails.c.id).where(mails.c.id == any_(literal([row["id"] for row in rows], ARRAY(Text))))
    ids = connection.scalars(added).all()
    jobs.defer_all(connection, TASK, jobs.MAIL, [{"mail_id": mail_id} for mail_id in ids])
    return ids


def put_off(connection: Connection, invitation_ids: Sequence[str], seconds: int) -> None:
    """Let the mails about these invitations that this transaction has queued leave so much later."""
    now = select(mails.c.id).where(mails.c.invitation_id.in_(invitation_ids), mails.c.created_at == func.now())
    ids = connection.scalars(now).all()
    if ids:
        jobs.put_off(connection, TASK, "mail_id", ids, seconds)


def take_back(connection: Connection, invitation_id: str, kind: Kind, version: int | None = None) -> bool:
    """Forget a mail to a candidate that has not left yet; False where there is none.  Without a version: any."""
    waiting = (mails.c.invitation_id == invitation_id) & (mails.c.kind == kind) & mails.c.member_id.is_(None)
    waiting &= mails.c.sent_at.is_(None) & mails.c.given_up_at.is_(None)
    if version is not None:
        waiting &= mails.c.version == version
    return connection.execute(delete(mails).where(waiting)).rowcount > 0


def given_up(connection: Connection, invitation_id: str, kind: Kind) -> bool:
    """Whether a mail of this kind to a candidate was given up."""
    theirs = (mails.c.invitation_id == invitation_id) & (mails.c.kind == kind) & mails.c.member_id.is_(None)
    return connection.scalar(select(mails.c.id).where(theirs, mails.c.given_up_at.is_not(None)).limit(1)) is not None


def hold(connection: Connection, mail_id: str) -> Mail | None:
    """A mail that is still to be sent, kept from others who would send it too; None where there is none."""
    waiting = (mails.c.id == mail_id) & mails.c.sent_at.is_(None) & mails.c.given_up_at.is_(None)
    row = connection.execute(select(*_MAIL).where(waiting).with_for_update(skip_locked=True)).one_or_none()
    return Mail(**(dict(row._mapping) | {"kind": Kind(row.kind)})) if row else None


def sent(connection: Connection, mail_id: str) -> None:
    """It has gone out."""
    connection.execute(update(mails).where(mails.c.id == mail_id).values(sent_at=func.now(), problem=None))


def failed(connection: Connection, mail_id: str, problem: str, *, for_good: bool) -> None:
    """It has not gone out; `problem` names no address."""
    at = func.now() if for_good else None
    connection.execute(update(mails).where(mails.c.id == mail_id).values(problem=problem, given_up_at=at))


def newest_of(connection: Connection, invitation_ids: Sequence[str], kind: Kind) -> dict[str, tuple[int, float | None]]:
    """By invitation: (the highest version, seconds since it was queued) of a kind; those without any are not in it."""
    age = func.extract("epoch", func.now() - mails.c.created_at)
    query = (
        select(mails.c.invitation_id, mails.c.version, age)
        .where(mails.c.invitation_id.in_(invitation_ids), mails.c.kind == kind)
        .order_by(mails.c.version)
    )
    return {row[0]: (row[1], float(row[2])) for row in connection.execute(query)}
