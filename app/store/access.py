"""API keys, shown once and stored as digests, and the first start of an installation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, text

from app import secrets
from app.rights import Right, Role
from app.secrets import Keyring
from app.store import invitations, people
from app.store.database import SETUP_LOCK
from app.store.invitations import NewInvitation
from app.store.people import NewMember
from app.store.rows import ApiKey
from app.store.tables import api_keys, organisations

#: Stands in for the digest of a key that is unknown, so that both answers take the same time.
NO_DIGEST = bytes(32)
WELCOME = "welcome"

_KEY = [api_keys.c[name] for name in ApiKey.__dataclass_fields__]


@dataclass(frozen=True)
class FirstStart:
    """The secrets of the first start, for showing once; `welcome_token` lets the first administrator set a password."""

    api_key: str
    invitation_token: str
    welcome_token: str


def issue_key(connection: Connection, org_id: str, label: str, scopes: Iterable[Right] = tuple(Right)) -> str:
    """Make an API key and return it: the only time it is seen."""
    key = secrets.new_key()
    values = {"id": secrets.new_id(), "prefix": key.prefix, "digest": key.digest, "label": label}
    connection.execute(insert(api_keys).values(org_id=org_id, scopes=sorted(scopes), **values))
    return key.text


def find_key(connection: Connection, text: str) -> ApiKey | None:
    """The key that `text` is, unless it is revoked."""
    prefix = secrets.key_prefix(text)
    if prefix is None:
        return None
    query = select(*_KEY, api_keys.c.digest).where(api_keys.c.prefix == prefix, api_keys.c.revoked_at.is_(None))
    row = connection.execute(query).one_or_none()
    known = secrets.same(text, row.digest if row else NO_DIGEST)
    return _key(row[:-1]) if row and known else None


def first_organisation(connection: Connection) -> str | None:
    """The oldest organisation's id: the one that commands on this machine speak for."""
    query = select(organisations.c.id).order_by(organisations.c.created_at, organisations.c.id).limit(1)
    return connection.scalar(query)


def first_start(engine: Engine, keys: Keyring, invitation: NewInvitation, admin: str) -> FirstStart | None:
    """An organisation with its administrator, a key and an invitation where there is none yet, otherwise None."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SETUP_LOCK})
        if first_organisation(connection) is not None:
            return None
        org_id = people.add_organisation(connection, "My organisation")
        member_id = people.add_member(connection, org_id, NewMember(admin, "Administrator", Role.ADMIN))
        invitation_id, _ = invitations.add(connection, org_id, invitation)
        return FirstStart(
            issue_key(connection, org_id, "first key"),
            invitations.token(connection, keys, invitation_id),
            keys.token(WELCOME, member_id, 1),
        )


def _key(row: Row[Any] | tuple[Any, ...]) -> ApiKey:
    values = dict(zip(ApiKey.__dataclass_fields__, row, strict=True))
    return ApiKey(**(values | {"scopes": frozenset(map(Right, values["scopes"]))}))
