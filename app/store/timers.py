"""How long candidates have for a challenge from their own start."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.store.challenges import base_of
from app.store.tables import timers


@dataclass(frozen=True)
class Timer:
    """Of all versions of a challenge.  `minutes` are everybody's; a candidate's time multiplier stretches them.

    Pauses: how many, how long each.
    """

    challenge: str
    minutes: int
    pauses: int = 0
    pause_minutes: int = 0


_TIMER = [timers.c[name] for name in Timer.__dataclass_fields__]


def of_organisation(connection: Connection, org_id: str) -> list[Timer]:
    query = select(*_TIMER).where(timers.c.org_id == org_id).order_by(timers.c.challenge)
    return [Timer(*row) for row in connection.execute(query)]


def find(connection: Connection, org_id: str, challenge: str) -> Timer | None:
    query = select(*_TIMER).where(_of(org_id, challenge))
    row = connection.execute(query).one_or_none()
    return Timer(*row) if row else None


def put(connection: Connection, org_id: str, timer: Timer) -> None:
    values = vars(timer) | {"challenge": base_of(timer.challenge)}
    added = insert(timers).values(org_id=org_id, **values)
    connection.execute(added.on_conflict_do_update(index_elements=["org_id", "challenge"], set_=values))


def remove(connection: Connection, org_id: str, challenge: str) -> None:
    connection.execute(delete(timers).where(_of(org_id, challenge)))


def _of(org_id: str, challenge: str) -> ColumnElement[bool]:
    return (timers.c.org_id == org_id) & (timers.c.challenge == base_of(challenge))
