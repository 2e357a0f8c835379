"""Answers to requests that carried an Idempotency-Key, kept for a day; `app/web/idempotency.py` seals them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.store.record_tables import idempotency

KEPT = timedelta(days=1)
#: A request whose server died while it was answered; the key is free again after this.
ABANDONED = timedelta(minutes=5)


@dataclass(frozen=True)
class Asked:
    """One request with a key: who sent it, and a digest of all it asks for."""

    caller: str
    key: str
    request: bytes


@dataclass(frozen=True)
class Stored:
    """The answer to an earlier request; `status` is None while that is still being answered."""

    request: bytes
    status: int | None
    headers: dict[str, str]
    body: bytes


def claim(connection: Connection, asked: Asked) -> Stored | None:
    """None where this request is the first with its key and now holds it."""
    abandoned = idempotency.c.status.is_(None) & (idempotency.c.created_at < func.now() - ABANDONED)
    connection.execute(delete(idempotency).where(_of(asked), abandoned))
    new = insert(idempotency).values(**vars(asked)).on_conflict_do_nothing().returning(idempotency.c.key)
    if connection.execute(new).one_or_none() is not None:
        return None
    row = connection.execute(select(idempotency).where(_of(asked))).one_or_none()
    if row is None:  # the first one failed at this very moment
        return Stored(asked.request, None, {}, b"")
    return Stored(bytes(row.request), row.status, row.headers or {}, bytes(row.body or b""))


def keep(connection: Connection, asked: Asked, status: int, headers: dict[str, str], body: bytes) -> None:
    """The sealed answer to a request that succeeded."""
    values = {"status": status, "headers": headers, "body": body}
    connection.execute(update(idempotency).where(_of(asked)).values(values))


def release(connection: Connection, asked: Asked) -> None:
    """What failed may be sent again."""
    connection.execute(delete(idempotency).where(_of(asked)))


def forget(connection: Connection) -> None:
    """Drop answers that are older than a day."""
    connection.execute(delete(idempotency).where(idempotency.c.created_at < func.now() - KEPT))


def _of(asked: Asked) -> ColumnElement[bool]:
    return (idempotency.c.caller == asked.caller) & (idempotency.c.key == asked.key)
