"""Notices in the database, and when candidates were shown and read theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.platform import secrets
from app.store.challenges import base_of
from app.store.record_tables import notice_readings as readings
from app.store.tables import notices as table


@dataclass(frozen=True)
class Notice:
    """What candidates of a challenge are told under a profile; a change is a new version."""

    id: str
    org_id: str
    challenge: str
    profile: str
    version: int
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Reading:
    """When a candidate was first shown a notice, and when they said that they have read it."""

    notice_id: str
    shown_at: datetime
    read_at: datetime | None


_COLUMNS = [table.c[name] for name in Notice.__dataclass_fields__]


def add(connection: Connection, org_id: str, challenge: str, profile: str, text: str, member_id: str | None) -> str:
    """Publish the next version; its id."""
    same = _same(org_id, challenge, profile)
    last = connection.scalar(select(func.max(table.c.version)).where(same)) or 0
    notice_id = secrets.new_id()
    who = {"id": notice_id, "org_id": org_id, "member_id": member_id}
    what = {"challenge": challenge, "profile": profile, "version": last + 1, "text": text}
    connection.execute(insert(table).values(**who, **what))
    return notice_id


def find(connection: Connection, notice_id: str, org_id: str | None = None) -> Notice | None:
    """A notice, of this organisation where one is named; published ones anybody may read."""
    query = select(*_COLUMNS).where(table.c.id == notice_id)
    row = connection.execute(query if org_id is None else query.where(table.c.org_id == org_id)).one_or_none()
    return Notice(*row) if row else None


def of_organisation(connection: Connection, org_id: str) -> list[Notice]:
    """All versions, newest first."""
    query = select(*_COLUMNS).where(table.c.org_id == org_id).order_by(table.c.created_at.desc(), table.c.id)
    return [Notice(*row) for row in connection.execute(query)]


def versions(connection: Connection, org_id: str, challenge: str, profile: str) -> list[Notice]:
    """The versions of one notice, newest first; a later version of the challenge keeps those of the earlier ones."""
    query = select(*_COLUMNS).where(_same(org_id, challenge, profile))
    return [Notice(*row) for row in connection.execute(query.order_by(table.c.created_at.desc(), table.c.id))]


def _same(org_id: str, challenge: str, profile: str) -> ColumnElement[bool]:
    base = func.split_part(table.c.challenge, "@", 1) == base_of(challenge)
    return (table.c.org_id == org_id) & base & (table.c.profile == profile)


def shown(connection: Connection, invitation_id: str, notice_id: str) -> None:
    """Remember that the candidate has seen it, the first time."""
    values = {"invitation_id": invitation_id, "notice_id": notice_id}
    connection.execute(upsert(readings).values(**values).on_conflict_do_nothing())


def read(connection: Connection, invitation_id: str, notice_id: str) -> bool:
    """Remember that the candidate says they have read it; whether this was the first time."""
    shown(connection, invitation_id, notice_id)
    this = (readings.c.invitation_id == invitation_id) & (readings.c.notice_id == notice_id)
    first = update(readings).where(this, readings.c.read_at.is_(None)).values(read_at=func.now())
    return connection.execute(first).rowcount == 1


def reading(connection: Connection, invitation_id: str, notice_id: str | None) -> Reading | None:
    """How far the candidate is with the notice of their invitation."""
    columns = (readings.c.notice_id, readings.c.shown_at, readings.c.read_at)
    this = (readings.c.invitation_id == invitation_id) & (readings.c.notice_id == notice_id)
    row = connection.execute(select(*columns).where(this)).one_or_none()
    return Reading(*row) if row else None
