"""Legal holds: while one has not ended, nothing of its candidate is erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from app.platform import secrets
from app.store.record_tables import legal_holds as table


@dataclass(frozen=True)
class Hold:
    """`erasure_asked_at`: somebody wished the erasure meanwhile."""

    id: str
    candidate_id: str
    reason: str
    created_at: datetime
    erasure_asked_at: datetime | None


_COLUMNS = [table.c[name] for name in Hold.__dataclass_fields__]


def present(connection: Connection, candidate_id: str) -> Hold | None:
    """The hold that a candidate is under."""
    query = select(*_COLUMNS).where(table.c.candidate_id == candidate_id, table.c.ended_at.is_(None))
    row = connection.execute(query.order_by(table.c.created_at).limit(1)).one_or_none()
    return Hold(*row) if row else None


def add(connection: Connection, org_id: str, candidate_id: str, reason: str) -> None:
    """Hold a candidate."""
    values = {"id": secrets.new_id(), "org_id": org_id, "candidate_id": candidate_id, "reason": reason}
    connection.execute(insert(table).values(**values))


def end(connection: Connection, hold: Hold) -> None:
    """It holds no more."""
    connection.execute(update(table).where(table.c.id == hold.id).values(ended_at=func.now()))


def note_wish(connection: Connection, hold: Hold) -> None:
    """Remember that an erasure was wished, the first time."""
    this = (table.c.id == hold.id) & table.c.erasure_asked_at.is_(None)
    connection.execute(update(table).where(this).values(erasure_asked_at=func.now()))
