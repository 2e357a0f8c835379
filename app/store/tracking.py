"""Connected tracking systems, whom they ordered to be assessed, and a log of the calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.platform.secrets import new_id
from app.store.invitations import NOW
from app.store.record_tables import exchanges, orders, tracking_systems
from app.store.rows import Status
from app.store.tables import invitations, submissions

#: How long both keys open after a rotation.
ROTATION = timedelta(hours=24)
#: How long the log of calls goes back.
KEPT = timedelta(days=30)
#: Orders that are looked at in one go.
MOST = 500
COMPLETE = "complete"


@dataclass(frozen=True)
class System:
    """One connected tracking system; `record_tables.py` says what its columns mean."""

    id: str
    org_id: str
    kind: str
    domain: str
    tells: str  # nothing, band, points
    days: int | None
    key_version: int
    seen_version: int | None
    their_key: bytes | None
    old_until: datetime | None
    created_at: datetime
    seen_at: datetime | None
    disabled_at: datetime | None


@dataclass(frozen=True)
class Order:
    id: str
    org_id: str
    system_id: str
    invitation_id: str
    remote_id: str
    callback: str
    profile: str
    news: str
    told: str
    stamp: int
    problem: str | None
    created_at: datetime
    told_at: datetime | None
    given_up_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True)
class Exchange:
    """One call: who called, what it was, and what came back."""

    id: str
    ours: bool
    call: str
    status: int | None
    problem: str | None
    created_at: datetime


_SYSTEM = [tracking_systems.c[name] for name in System.__dataclass_fields__]
_ORDER = [orders.c[name] for name in Order.__dataclass_fields__]
_EXCHANGE = [exchanges.c[name] for name in Exchange.__dataclass_fields__]


def add(connection: Connection, org_id: str, **values: Any) -> System:
    added = insert(tracking_systems).values(id=new_id(), org_id=org_id, **values).returning(*_SYSTEM)
    return System(**connection.execute(added).one()._mapping)


def find(connection: Connection, system_id: str, org_id: str | None = None) -> System | None:
    """A system by its id; None as well where it belongs to another organisation than `org_id`."""
    query = select(*_SYSTEM).where(tracking_systems.c.id == system_id)
    row = connection.execute(
        query if org_id is None else query.where(tracking_systems.c.org_id == org_id)
    ).one_or_none()
    return System(**row._mapping) if row else None


def of_organisation(connection: Connection, org_id: str) -> list[System]:
    """All of an organisation, the oldest first."""
    query = select(*_SYSTEM).where(tracking_systems.c.org_id == org_id)
    rows = connection.execute(query.order_by(tracking_systems.c.created_at, tracking_systems.c.id))
    return [System(**row._mapping) for row in rows]


def change(connection: Connection, system_id: str, **values: Any) -> System:
    changed = update(tracking_systems).where(tracking_systems.c.id == system_id).values(values).returning(*_SYSTEM)
    return System(**connection.execute(changed).one()._mapping)


def rotate(connection: Connection, system_id: str) -> System:
    """A new key; the one before opens as well for a day."""
    version = tracking_systems.c.key_version + 1
    return change(connection, system_id, key_version=version, old_until=func.now() + ROTATION)


def remove(connection: Connection, system_id: str) -> None:
    """With its orders and its log; the invitations stay."""
    connection.execute(delete(tracking_systems).where(tracking_systems.c.id == system_id))


def note_call(
    connection: Connection, system: System, call: str, status: int | None, problem: str | None, *, ours: bool
) -> None:
    """Write down one call."""
    values = {"id": new_id(), "org_id": system.org_id, "system_id": system.id, "ours": ours, "call": call[:60]}
    connection.execute(insert(exchanges).values(**values, status=status, problem=problem))


def calls_of(system_id: str) -> Select[Any]:
    """The query for the log of a system; its rows are read with `read_calls`."""
    return select(*_EXCHANGE).where(exchanges.c.system_id == system_id)


def read_calls(connection: Connection, query: Select[Any]) -> list[Exchange]:
    return [Exchange(**row._mapping) for row in connection.execute(query)]


def forget(connection: Connection) -> None:
    """Drop what is older than KEPT from the log."""
    connection.execute(delete(exchanges).where(exchanges.c.created_at < func.now() - KEPT))


def standing_order(connection: Connection, system_id: str, remote_id: str) -> Order | None:
    """The order of this remote id that was not cancelled."""
    this = (orders.c.system_id == system_id) & (orders.c.remote_id == remote_id) & orders.c.cancelled_at.is_(None)
    return _order(connection.execute(select(*_ORDER).where(this)).one_or_none())


def add_order(connection: Connection, system: System, invitation_id: str, **values: str) -> Order:
    """A new order, or the standing one of the same remote id where somebody was quicker."""
    whole = {"id": new_id(), "org_id": system.org_id, "system_id": system.id, "invitation_id": invitation_id}
    added = upsert(orders).values(whole | values).on_conflict_do_nothing().returning(*_ORDER)
    made = _order(connection.execute(added).one_or_none())
    return made or _sure(standing_order(connection, system.id, values["remote_id"]))


def order(connection: Connection, order_id: str, system_id: str) -> Order | None:
    """An order of this system."""
    return _order(
        connection.execute(
            select(*_ORDER).where(orders.c.id == order_id, orders.c.system_id == system_id)
        ).one_or_none()
    )


def hold_order(connection: Connection, order_id: str) -> tuple[Order, System] | None:
    """An order with its system, kept from others until the transaction ends; None where there is none."""
    query = select(*_ORDER).where(orders.c.id == order_id).with_for_update()
    found = _order(connection.execute(query).one_or_none())
    return (found, _sure(find(connection, found.system_id))) if found else None


def change_order(connection: Connection, order_id: str, **values: Any) -> None:
    connection.execute(update(orders).where(orders.c.id == order_id).values(values))


def renew(connection: Connection, order_id: str, told_next: str) -> bool:
    """Set what is to be told of an order, as if nobody had tried yet; False where it was that already."""
    values = {"news": told_next, "given_up_at": None, "problem": None}
    other = (orders.c.id == order_id) & (orders.c.news != told_next)
    return connection.execute(update(orders).where(other).values(values)).rowcount > 0


def others(connection: Connection, order: Order) -> bool:
    """Whether another order stands for the same invitation."""
    same = (orders.c.invitation_id == order.invitation_id) & (orders.c.id != order.id)
    query = select(orders.c.id).where(same, orders.c.cancelled_at.is_(None)).limit(1)
    return connection.scalar(query) is not None


def troubled(connection: Connection, system_id: str) -> list[Order]:
    """Orders whose news did not arrive, newest first."""
    lost = orders.c.given_up_at.is_not(None) | (orders.c.problem.is_not(None) & (orders.c.told != orders.c.news))
    query = select(*_ORDER).where(orders.c.system_id == system_id, lost)
    return [Order(**row._mapping) for row in connection.execute(query.order_by(orders.c.created_at.desc()).limit(50))]


def of_invitation(connection: Connection, invitation_id: str) -> list[tuple[str, str]]:
    """(kind of the system, its own page about the candidate) of the orders of an invitation, oldest first."""
    query = (
        select(tracking_systems.c.kind, orders.c.profile)
        .join(orders, orders.c.system_id == tracking_systems.c.id)
        .where(orders.c.invitation_id == invitation_id, orders.c.cancelled_at.is_(None))
    )
    return [(row.kind, row.profile) for row in connection.execute(query.order_by(orders.c.created_at))]


def changed(connection: Connection, *, all_orders: bool = False) -> list[tuple[str, str]]:
    """(order, its news) of those whose news differ from what was last queued; without `all_orders` the unfinished."""
    now = news()
    query = (
        select(orders.c.id, now.label("now"))
        .select_from(orders)
        .join(invitations, invitations.c.id == orders.c.invitation_id)
        .join(tracking_systems, tracking_systems.c.id == orders.c.system_id)
        .where(orders.c.cancelled_at.is_(None), tracking_systems.c.disabled_at.is_(None), now != orders.c.news)
    )
    if not all_orders:
        query = query.where(~orders.c.news.startswith(COMPLETE))
    return [(row.id, row.now) for row in connection.execute(query.order_by(orders.c.id).limit(MOST))]


def news() -> ColumnElement[str]:
    """What there is to tell of an order: `complete:SUBMISSION:RUN` once its report counts, else the status.

    Over `orders` joined with `invitations`.  It is complete when nothing more can be handed in, or somebody decided,
    and nothing is being graded.
    """
    run = (
        select(submissions.c.report_run)
        .where(submissions.c.id == invitations.c.counts_id)
        .correlate(invitations)
        .scalar_subquery()
    )
    standing = NOW
    late = invitations.c.deadline < func.now()
    over = or_(invitations.c.closed_at.is_not(None), late, standing == Status.DECIDED.value)
    graded = standing.in_([Status.GRADED.value, Status.IN_REVIEW.value, Status.DECIDED.value])
    done = func.concat(f"{COMPLETE}:", invitations.c.counts_id, ":", run)
    return case((over & graded & run.is_not(None), done), else_=standing)


def news_of(connection: Connection, order_id: str) -> str:
    """The news of one order as they are now."""
    query = select(news()).select_from(orders).join(invitations, invitations.c.id == orders.c.invitation_id)
    return str(connection.execute(query.where(orders.c.id == order_id)).scalar_one())


def _order(row: Row[Any] | None) -> Order | None:
    return Order(**row._mapping) if row else None


def _sure(value: Any) -> Any:
    assert value is not None
    return value
