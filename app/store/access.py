"""API keys, shown once and stored as digests, and the first start of an installation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, bindparam, case, func, insert, select, text, update

from app.platform import secrets
from app.platform.secrets import Keyring
from app.rights import ROLES, Right, Role
from app.store import invitations
from app.store import members as people
from app.store.database import SETUP_LOCK
from app.store.invitations import NewInvitation
from app.store.lines import Statement
from app.store.members import SEEN, NewMember
from app.store.rows import ApiKey
from app.store.tables import api_keys, members, organisations

#: Stands in for the digest of a key that is unknown, so that both answers take the same time.
NO_DIGEST = bytes(32)
WELCOME = "welcome"

_KEY = [api_keys.c[name] for name in ApiKey.__dataclass_fields__]
_SCOPES = list(ApiKey.__dataclass_fields__).index("scopes")
_stale = api_keys.c.used_at.is_(None) | (api_keys.c.used_at < func.now() - SEEN)
#: A key that is not revoked, with the role of its maker, who may have left.
ALIVE: Select[Any] = (
    select(
        *_KEY,
        api_keys.c.digest,
        api_keys.c.created_by,
        case((members.c.disabled_at.is_(None), members.c.role)).label("role"),
        _stale.label("stale"),
    )
    .outerjoin(members, members.c.id == api_keys.c.created_by)
    .where(api_keys.c.prefix == bindparam("prefix"), api_keys.c.revoked_at.is_(None))
)
KEY = Statement(ALIVE)


@dataclass(frozen=True)
class FirstStart:
    """The secrets of the first start, for showing once; `welcome_token` lets the first administrator set a password."""

    api_key: str
    invitation_token: str
    welcome_token: str


def issue_key(
    connection: Connection,
    org_id: str,
    label: str,
    scopes: Iterable[Right] = tuple(Right),
    created_by: str | None = None,
) -> str:
    """Make an API key and return it: the only time it is seen."""
    key = secrets.new_key()
    values = {"id": secrets.new_id(), "prefix": key.prefix, "digest": key.digest, "label": label}
    who = {"org_id": org_id, "scopes": sorted(scopes), "created_by": created_by}
    connection.execute(insert(api_keys).values(**values, **who))
    return key.text


def keys_of(connection: Connection, org_id: str) -> list[ApiKey]:
    """The keys of an organisation, newest first, the revoked ones too."""
    query = select(*_KEY).where(api_keys.c.org_id == org_id).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
    return [_key(row) for row in connection.execute(query)]


def revoke_key(connection: Connection, key_id: str, org_id: str) -> bool:
    """End a key at once; False where this organisation has no such key."""
    this = (api_keys.c.id == key_id) & (api_keys.c.org_id == org_id)
    at = func.coalesce(api_keys.c.revoked_at, func.now())
    return connection.execute(update(api_keys).where(this).values(revoked_at=at)).rowcount == 1


def find_key(connection: Connection, text: str) -> ApiKey | None:
    """The key that `text` is, unless it is revoked; with those of its scopes that its maker still has."""
    prefix = secrets.key_prefix(text)
    if prefix is None:
        return None
    row = connection.execute(ALIVE, {"prefix": prefix}).one_or_none()
    key = known_key(row, text)
    if row is not None and key is not None and row.stale:
        connection.execute(update(api_keys).where(api_keys.c.id == row.id, _stale).values(used_at=func.now()))
    return key


def known_key(row: Row[Any] | tuple[Any, ...] | None, text: str) -> ApiKey | None:
    """The key of a row of ALIVE, where `text` is that key; both answers take the same time."""
    digest, created_by, role, _ = row[len(_KEY) :] if row else (NO_DIGEST, None, None, False)
    known = secrets.same(text, digest)
    if row is None or not known:
        return None
    key = _key(row[: len(_KEY)])
    if created_by is None:
        return key
    return replace(key, scopes=key.scopes & (ROLES[Role(role)] if role else frozenset()))


def maker(connection: Connection, key_id: str | None) -> str | None:
    """The member who made a key, by whose rights it is bounded; None for a key made on this machine."""
    return connection.scalar(select(api_keys.c.created_by).where(api_keys.c.id == key_id))


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
    values = [*row]
    values[_SCOPES] = _rights(tuple(values[_SCOPES]))
    return ApiKey(*values)


@lru_cache
def _rights(scopes: tuple[str, ...]) -> frozenset[Right]:
    """Scopes as the database has them; keys have few combinations of these."""
    return frozenset(map(Right, scopes))
