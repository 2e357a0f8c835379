"""API keys and invitations: issued once in the clear, stored as digests, looked up on every request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, text, update

from app import secrets
from app.store.database import SETUP_LOCK
from app.store.rows import ApiKey, Invitation
from app.store.tables import api_keys, invitations

#: Stands in for the digest of a key that is unknown, so that both answers take the same time.
NO_DIGEST = bytes(32)


@dataclass(frozen=True)
class NewInvitation:
    """What whoever invites decides.  `deadline` carries its time zone."""

    challenge: str
    attempts: int
    label: str = ""
    email: str | None = None
    deadline: datetime | None = None


@dataclass(frozen=True)
class FirstStart:
    """The secrets of the first start, for showing once."""

    api_key: str
    invitation_token: str


def issue_key(connection: Connection, label: str) -> str:
    """Make an API key and return it: the only time it is seen."""
    key = secrets.new_key()
    values = {"id": secrets.new_id(), "prefix": key.prefix, "digest": key.digest, "label": label}
    connection.execute(insert(api_keys).values(values))
    return key.text


def invite(connection: Connection, invitation: NewInvitation) -> str:
    """Make an invitation and return its token: the only time it is seen."""
    token = secrets.new_token()
    values = {"id": secrets.new_id(), "digest": token.digest, **vars(invitation)}
    connection.execute(insert(invitations).values(values))
    return token.text


def first_start(engine: Engine, invitation: NewInvitation) -> FirstStart | None:
    """A first key and a first invitation where there are none yet, otherwise None."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SETUP_LOCK})
        for table in (api_keys, invitations):
            if connection.scalar(select(func.count()).select_from(table)):
                return None
        return FirstStart(issue_key(connection, "first key"), invite(connection, invitation))


def find_key(connection: Connection, text: str) -> ApiKey | None:
    """The key that `text` is, unless it is revoked."""
    prefix = secrets.key_prefix(text)
    if prefix is None:
        return None
    query = select(api_keys).where(api_keys.c.prefix == prefix, api_keys.c.revoked_at.is_(None))
    row = connection.execute(query).one_or_none()
    known = secrets.same(text, row.digest if row else NO_DIGEST)
    return ApiKey(row.id, row.prefix, row.label) if row and known else None


def find_invitation(connection: Connection, token: str) -> Invitation | None:
    """The invitation that `token` opens, unless it is revoked."""
    query = select(invitations).where(invitations.c.digest == secrets.digest(token), invitations.c.revoked_at.is_(None))
    row = connection.execute(query).one_or_none()
    return _invitation(row) if row else None


def hold_invitation(connection: Connection, invitation_id: str) -> Invitation:
    """The invitation, kept from other transactions until this one ends."""
    query = select(invitations).where(invitations.c.id == invitation_id).with_for_update()
    return _invitation(connection.execute(query).one())


def note_opened(connection: Connection, invitation_id: str) -> None:
    """Remember when an invitation was first opened."""
    connection.execute(
        update(invitations)
        .where(invitations.c.id == invitation_id, invitations.c.opened_at.is_(None))
        .values(opened_at=func.now())
    )


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(row.id, row.challenge, row.label, row.email, row.attempts, row.deadline)
