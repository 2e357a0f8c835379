"""Guessing is slowed down: each guess is counted in the database before it is looked at, for all servers together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select

from app.errors import TooMany
from app.platform.secrets import digest
from app.store.record_tables import failures
from app.words import _

WINDOW = timedelta(minutes=15)
#: One address guessing at one account is stopped early; neither many addresses nor many accounts help much.
PAIR, ACCOUNT, ADDRESS = 5, 50, 30


def count(connection: Connection, what: str, address: str) -> Sequence[int]:
    """Count a guess at `what` (an account, a passcode) from this address as a wrong one, before it is looked at.

    To be committed before the guess is verified.  Returns what `right` takes back; TooMany where one more has
    to wait.  Those who guess at the same thing or from the same address come one after another.
    """
    keys = _keys(what, address)
    for key in sorted(key for key, _width in keys):
        connection.execute(select(func.pg_advisory_xact_lock(int.from_bytes(key[:8], signed=True))))
    old = select(failures.c.id).where(failures.c.created_at < func.now() - WINDOW).with_for_update(skip_locked=True)
    connection.execute(delete(failures).where(failures.c.id.in_(old)))
    if any(_number(connection, key) >= limit for key, limit in keys):
        raise TooMany("too-many-guesses", _("There were too many wrong guesses. Wait 15 minutes."))
    counted = insert(failures).returning(failures.c.id)
    return connection.scalars(counted, [{"key": key} for key, _width in keys]).all()


def right(connection: Connection, what: str, address: str, counted: Sequence[int]) -> None:
    """It was no guess: take it back, and what the same person has mistyped before."""
    pair, _width = _keys(what, address)[0]
    connection.execute(delete(failures).where((failures.c.key == pair) | failures.c.id.in_(counted)))


def _keys(what: str, address: str) -> tuple[tuple[bytes, int], ...]:
    """Digests, so that the table holds nobody's address."""
    return (
        (digest(f"pair {what} {address}"), PAIR),
        (digest(f"account {what}"), ACCOUNT),
        (digest(f"address {address}"), ADDRESS),
    )


def _number(connection: Connection, key: bytes) -> int:
    recent = failures.c.created_at > func.now() - WINDOW
    return connection.scalar(select(func.count()).where(failures.c.key == key, recent)) or 0
