"""Guessing is slowed down: wrong guesses are counted in the database, so that all servers know of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select

from app.platform.secrets import digest
from app.store.record_tables import failures

WINDOW = timedelta(minutes=15)
#: One address guessing at one account is stopped early; neither many addresses nor many accounts help much.
PAIR, ACCOUNT, ADDRESS = 5, 50, 30


def waits(connection: Connection, what: str, address: str) -> bool:
    """Whether one more guess at `what` (an account, a passcode) from this address has to wait."""
    return any(_count(connection, key) >= limit for key, limit in _keys(what, address))


def failed(connection: Connection, what: str, address: str) -> None:
    """Remember a wrong guess, and forget those of long ago."""
    connection.execute(delete(failures).where(failures.c.created_at < func.now() - WINDOW))
    connection.execute(insert(failures), [{"key": key} for key, _ in _keys(what, address)])


def succeeded(connection: Connection, what: str, address: str) -> None:
    """Somebody who knows it has mistyped before: forget that."""
    pair, _ = _keys(what, address)[0]
    connection.execute(delete(failures).where(failures.c.key == pair))


def _keys(what: str, address: str) -> tuple[tuple[bytes, int], ...]:
    """Digests, so that the table holds nobody's address."""
    return (
        (digest(f"pair {what} {address}"), PAIR),
        (digest(f"account {what}"), ACCOUNT),
        (digest(f"address {address}"), ADDRESS),
    )


def _count(connection: Connection, key: bytes) -> int:
    recent = failures.c.created_at > func.now() - WINDOW
    return connection.scalar(select(func.count()).where(failures.c.key == key, recent)) or 0
