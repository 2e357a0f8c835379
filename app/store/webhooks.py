"""Webhooks of an organisation and what was sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, insert, literal, select, text, update

from app.platform.secrets import new_id
from app.store.record_tables import deliveries, webhooks
from app.store.rows import Sent

#: How long both secrets sign after a rotation.
ROTATION = timedelta(hours=24)
#: How long the log of what was sent goes back.
KEPT = timedelta(days=30)
#: A webhook that nothing has reached for so long is disabled with the next delivery that is given up.
SILENCE = timedelta(days=3)


@dataclass(frozen=True)
class Webhook:
    """Where to send; `old_until` is how long the version before `secret_version` signs as well."""

    id: str
    org_id: str
    url: str
    events: tuple[str, ...]
    secret_version: int
    old_until: datetime | None
    created_at: datetime
    disabled_at: datetime | None

    @property
    def host(self) -> str:
        """What it is called for short."""
        return urlsplit(self.url).netloc


_WEBHOOK = [webhooks.c[name] for name in Webhook.__dataclass_fields__]


@dataclass(frozen=True)
class Delivery(Sent):
    """One event for one webhook."""

    webhook_id: str
    event_id: str
    type: str
    body: str


_DELIVERY = [deliveries.c[name] for name in Delivery.__dataclass_fields__]


def add(connection: Connection, org_id: str, url: str, events: Sequence[str]) -> Webhook:
    """A new webhook; its URL has been checked."""
    values = {"id": new_id(), "org_id": org_id, "url": url, "events": list(events)}
    return _webhook(connection.execute(insert(webhooks).values(values).returning(*_WEBHOOK)).one())


def find(connection: Connection, webhook_id: str, org_id: str) -> Webhook | None:
    """A webhook of this organisation."""
    row = connection.execute(select(*_WEBHOOK).where(_this(webhook_id, org_id))).one_or_none()
    return _webhook(row) if row else None


def of_organisation(connection: Connection, org_id: str) -> list[Webhook]:
    """All of an organisation, the oldest first."""
    query = select(*_WEBHOOK).where(webhooks.c.org_id == org_id).order_by(webhooks.c.created_at, webhooks.c.id)
    return [_webhook(row) for row in connection.execute(query)]


def change(connection: Connection, webhook_id: str, org_id: str, **values: Any) -> Webhook | None:
    """Set url, events or disabled_at."""
    done = connection.execute(update(webhooks).where(_this(webhook_id, org_id)).values(values).returning(*_WEBHOOK))
    row = done.one_or_none()
    return _webhook(row) if row else None


def rotate(connection: Connection, webhook_id: str, org_id: str) -> Webhook | None:
    """A new secret; the one before signs as well for a day."""
    new = {"secret_version": webhooks.c.secret_version + 1, "old_until": func.now() + ROTATION}
    return change(connection, webhook_id, org_id, **new)


def disable(connection: Connection, webhook_id: str, org_id: str) -> None:
    """Send nothing more until somebody enables it again; what was still to be sent is given up."""
    change(connection, webhook_id, org_id, disabled_at=func.now())
    problem = func.coalesce(deliveries.c.problem, "The webhook was disabled.")
    of_it = (deliveries.c.webhook_id == webhook_id) & (deliveries.c.org_id == org_id)
    connection.execute(update(deliveries).where(of_it & _open()).values(given_up_at=func.now(), problem=problem))


def silent(connection: Connection, delivery: Delivery) -> bool:
    """Whether nothing has reached its webhook since this delivery was due, and that is long ago."""
    lately = (deliveries.c.webhook_id == delivery.webhook_id) & (deliveries.c.delivered_at >= delivery.created_at)
    long_ago = literal(delivery.created_at) < func.now() - SILENCE
    return bool(connection.scalar(select(long_ago & ~exists().where(lately))))


def forget(connection: Connection) -> None:
    """Drop from the log what ended longer than KEPT ago."""
    ended = func.coalesce(deliveries.c.delivered_at, deliveries.c.given_up_at)
    connection.execute(deliveries.delete().where(ended < func.now() - KEPT))


def remove(connection: Connection, webhook_id: str, org_id: str) -> bool:
    """With its delivery log; False where there is none."""
    return connection.execute(webhooks.delete().where(_this(webhook_id, org_id))).rowcount == 1


def pending(connection: Connection, delivery_id: str) -> tuple[Webhook, Delivery] | None:
    """A delivery that is still to be made, with its webhook."""
    query = select(*_DELIVERY).where(deliveries.c.id == delivery_id, _open())
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    hook = select(*_WEBHOOK).where(webhooks.c.id == row.webhook_id, webhooks.c.disabled_at.is_(None))
    found = connection.execute(hook).one_or_none()
    return (_webhook(found), Delivery(**row._mapping)) if found else None


def note_attempt(
    connection: Connection, delivery_id: str, status: int | None, problem: str | None, *, ok: bool, last: bool
) -> None:
    """What an attempt came to; `last` where there will be no other."""
    values: dict[str, Any] = {"attempts": deliveries.c.attempts + 1, "status": status, "problem": problem}
    values |= {"attempted_at": func.now()} | ({"delivered_at": func.now()} if ok else {})
    values |= {"given_up_at": func.now()} if last else {}
    connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))


def sent_to(webhook_id: str, org_id: str) -> Select[Any]:
    """The query for the deliveries of a webhook; its rows are read with `read`."""
    this = (deliveries.c.webhook_id == webhook_id) & (deliveries.c.org_id == org_id)
    return select(*_DELIVERY).where(this)


def read(connection: Connection, query: Select[Any]) -> list[Delivery]:
    """The deliveries that a query finds, in its order."""
    return [Delivery(**row._mapping) for row in connection.execute(query)]


def delivery(connection: Connection, delivery_id: str, webhook_id: str, org_id: str) -> Delivery | None:
    """One delivery of a webhook of this organisation."""
    found = read(connection, sent_to(webhook_id, org_id).where(deliveries.c.id == delivery_id))
    return found[0] if found else None


def next_tries(connection: Connection, delivery_ids: Sequence[str]) -> dict[str, datetime]:
    """When each is tried next; without those that no attempt is planned for, or that are being attempted now."""
    query = text(
        "SELECT args->>'delivery_id', min(coalesce(scheduled_at, now())) FROM procrastinate_jobs"
        " WHERE task_name = 'deliver' AND status = 'todo' AND args->>'delivery_id' = ANY(:ids) GROUP BY 1"
    )
    return {row[0]: row[1] for row in connection.execute(query, {"ids": list(delivery_ids)})}


def reopen(connection: Connection, delivery_id: str) -> None:
    """Make a delivery ready to be sent once more, under the same event id; a try that was planned is dropped."""
    again = update(deliveries).where(deliveries.c.id == delivery_id).values(delivered_at=None, given_up_at=None)
    connection.execute(again)
    planned = "DELETE FROM procrastinate_jobs WHERE task_name = 'deliver' AND status = 'todo'"
    connection.execute(text(f"{planned} AND args->>'delivery_id' = :id"), {"id": delivery_id})


def _open() -> ColumnElement[bool]:
    return deliveries.c.delivered_at.is_(None) & deliveries.c.given_up_at.is_(None)


def _this(webhook_id: str, org_id: str) -> ColumnElement[bool]:
    return (webhooks.c.id == webhook_id) & (webhooks.c.org_id == org_id)


def _webhook(row: Row[Any]) -> Webhook:
    values = dict(row._mapping)
    return Webhook(**(values | {"events": tuple(values["events"])}))
