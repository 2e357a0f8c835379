"""Organisations, their members, and the sessions of those who signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, func, insert, select, update

from app.platform import secrets
from app.rights import Role
from app.store.lines import Statement
from app.store.rows import Member, Organisation
from app.store.tables import members, organisations, sessions

#: A session ends after this long, and earlier after a pause.
SESSION = timedelta(days=14)
PAUSE = timedelta(days=2)
#: Moments of last use are written at most this often.
SEEN = timedelta(minutes=5)

_MEMBER = [members.c[name] for name in Member.__dataclass_fields__]
#: Who is signed in with the cookie of a digest, and whether it was noted long ago that they were here.
SIGNED_IN: Select[Any] = (
    select(*_MEMBER, (sessions.c.seen_at < func.now() - SEEN).label("stale"))
    .join(sessions, sessions.c.member_id == members.c.id)
    .where(sessions.c.digest == bindparam("digest"), sessions.c.expires_at > func.now())
    .where(sessions.c.seen_at > func.now() - PAUSE, members.c.disabled_at.is_(None))
)
SESSION_OF = Statement(SIGNED_IN)


@dataclass(frozen=True)
class NewMember:
    email: str
    name: str
    role: Role


def add_organisation(connection: Connection, name: str) -> str:
    """Found an organisation; returns its id."""
    org_id = secrets.new_id()
    connection.execute(insert(organisations).values(id=org_id, name=name))
    return org_id


def organisation(connection: Connection, org_id: str) -> Organisation:
    """The organisation and its policies."""
    fields = [organisations.c[name] for name in Organisation.__dataclass_fields__]
    row = connection.execute(select(*fields).where(organisations.c.id == org_id)).one()
    return Organisation(**row._mapping)


def add_member(connection: Connection, org_id: str, member: NewMember) -> str:
    """A member without a password yet; returns the id.  IntegrityError where the address is taken."""
    member_id = secrets.new_id()
    values = {"id": member_id, "org_id": org_id, "name": member.name, "role": member.role}
    connection.execute(insert(members).values(email=member.email.strip().lower(), **values))
    return member_id


def member(connection: Connection, member_id: str, org_id: str) -> Member | None:
    """A member of this organisation."""
    return _one(connection, (members.c.id == member_id) & (members.c.org_id == org_id))


def organisation_of(connection: Connection, member_id: str) -> str | None:
    """Whose member this is."""
    org_id: str | None = connection.scalar(select(members.c.org_id).where(members.c.id == member_id))
    return org_id


def find_login(connection: Connection, email: str) -> tuple[Member, str | None] | None:
    """The member of an address with the stored password, unless disabled."""
    mine = (members.c.email == email.strip().lower()) & members.c.disabled_at.is_(None)
    row = connection.execute(select(*_MEMBER, members.c.password).where(mine)).one_or_none()
    return (_member(row[:-1]), row.password) if row else None


def find_subject(connection: Connection, subject: str, email: str) -> Member | None:
    """The member whom single sign-on knows as `subject`; at the first time the one with this verified address."""
    alive = members.c.disabled_at.is_(None)
    found = _one(connection, (members.c.oidc_subject == subject) & alive)
    if found is not None:
        return found
    bound = (
        update(members)
        .where(members.c.email == email.strip().lower(), members.c.oidc_subject.is_(None), alive)
        .values(oidc_subject=subject)
        .returning(*_MEMBER)
    )
    row = connection.execute(bound).one_or_none()
    return _member(row) if row else None


def welcome(connection: Connection, member_id: str, version: int) -> Member | None:
    """The member whose welcome link of this version is still to be used."""
    this = (members.c.id == member_id) & (members.c.link_version == version)
    return _one(connection, this & members.c.disabled_at.is_(None))


def without_password(connection: Connection, org_id: str) -> dict[str, int]:
    """By id: the version of the welcome link of those who can sign in by no other way yet."""
    new = members.c.password.is_(None) & members.c.oidc_subject.is_(None) & members.c.disabled_at.is_(None)
    query = select(members.c.id, members.c.link_version).where(members.c.org_id == org_id, new)
    return {row.id: row.link_version for row in connection.execute(query)}


def welcome_version(connection: Connection, member_id: str) -> int:
    """A new version for a welcome link; earlier links end."""
    raised = (
        update(members)
        .where(members.c.id == member_id)
        .values(link_version=members.c.link_version + 1)
        .returning(members.c.link_version)
    )
    version: int = connection.execute(raised).scalar_one()
    return version


def set_password(connection: Connection, member_id: str, hashed: str) -> None:
    """Replace the password; the welcome link is used up, and whoever was signed in has to sign in again."""
    new = {"password": hashed, "link_version": members.c.link_version + 1}
    connection.execute(update(members).where(members.c.id == member_id).values(new))
    connection.execute(delete(sessions).where(sessions.c.member_id == member_id))


def change_member(connection: Connection, member_id: str, org_id: str, **values: Any) -> Member | None:
    """Change role, name or `disabled_at`; a disabled member is signed out."""
    this = (members.c.id == member_id) & (members.c.org_id == org_id)
    row = connection.execute(update(members).where(this).values(values).returning(*_MEMBER)).one_or_none()
    if row is not None and row.disabled_at is not None:
        connection.execute(delete(sessions).where(sessions.c.member_id == member_id))
    return _member(row) if row else None


def count_admins(connection: Connection, org_id: str) -> int:
    """Administrators who can sign in; held until the transaction ends, so that two cannot remove each other."""
    mine = (members.c.org_id == org_id) & (members.c.role == Role.ADMIN) & members.c.disabled_at.is_(None)
    return len(connection.execute(select(members.c.id).where(mine).with_for_update()).all())


def change_organisation(connection: Connection, org_id: str, **values: Any) -> Organisation:
    """Change name or policies."""
    if values:
        connection.execute(update(organisations).where(organisations.c.id == org_id).values(values))
    return organisation(connection, org_id)


def members_of(connection: Connection, org_id: str) -> list[Member]:
    """Everybody of an organisation, by address."""
    query = select(*_MEMBER).where(members.c.org_id == org_id).order_by(members.c.email)
    return [_member(row) for row in connection.execute(query)]


def named(connection: Connection, org_id: str) -> dict[str, str]:
    """By id: what members who can sign in are called, by name."""
    name = func.coalesce(func.nullif(members.c.name, ""), members.c.email)
    mine = (members.c.org_id == org_id) & members.c.disabled_at.is_(None)
    return {row[0]: row[1] for row in connection.execute(select(members.c.id, name).where(mine).order_by(name))}


def open_session(connection: Connection, member_id: str) -> str:
    """Sign a member in; returns the cookie's value, which is kept as a digest only."""
    token = secrets.new_token()
    values = {"digest": token.digest, "member_id": member_id, "expires_at": func.now() + SESSION}
    connection.execute(insert(sessions).values(values))
    return token.text


def session_member(connection: Connection, token: str) -> Member | None:
    """Who is signed in with this cookie; notes that the session is used."""
    digest = secrets.digest(token)
    row = connection.execute(SIGNED_IN, {"digest": digest}).one_or_none()
    if row is not None and row.stale:
        connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=func.now()))
    return signed_in(row)


def signed_in(row: Row[Any] | tuple[Any, ...] | None) -> Member | None:
    """The member of a row of SIGNED_IN."""
    return None if row is None else _member(row[:-1])


def close_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(sessions).where(sessions.c.digest == secrets.digest(token)))


def _one(connection: Connection, which: ColumnElement[bool]) -> Member | None:
    row = connection.execute(select(*_MEMBER).where(which)).one_or_none()
    return _member(row) if row else None


def _member(row: Row[Any] | tuple[Any, ...]) -> Member:
    values = dict(zip(Member.__dataclass_fields__, row, strict=True))
    return Member(**(values | {"role": Role(values["role"])}))
