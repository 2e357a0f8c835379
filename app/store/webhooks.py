"""Webhooks of an organisation and what was sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from app.secrets import new_id
from app.store.record_tables import deliveries, webhooks
from app.webhooks.sign import Webhook

#: How long both secrets sign after a rotation.
ROTATION = timedelta(hours=24)

_WEBHOOK = [webhooks.c[name] for name in Webhook.__dataclass_fields__]


@dataclass(frozen=True)
class Delivery:
    """One event for one webhook; `status` and `problem` are those of the last attempt."""

    id: str
    webhook_id: str
    event_id: str
    type: str
    body: str
    attempts: int
    status: int | None
    problem: str | None
    created_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None
    given_up_at: datetime | None


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
    """Send nothing more, until somebody enables it again."""
    change(connection, webhook_id, org_id, disabled_at=func.now())


def remove(connection: Connection, webhook_id: str, org_id: str) -> bool:
    """With its delivery log; False where there is none."""
    return connection.execute(webhooks.delete().where(_this(webhook_id, org_id))).rowcount == 1


def pending(connection: Connection, delivery_id: str) -> tuple[Webhook, Delivery] | None:
    """A delivery that is still to be made, with its webhook."""
    open_ = deliveries.c.delivered_at.is_(None) & deliveries.c.given_up_at.is_(None)
    query = select(*_DELIVERY).where(deliveries.c.id == delivery_id, open_)
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


def log_of(connection: Connection, webhook_id: str, org_id: str, limit: int = 100) -> list[Delivery]:
    """The newest deliveries of a webhook."""
    this = (deliveries.c.webhook_id == webhook_id) & (deliveries.c.org_id == org_id)
    query = select(*_DELIVERY).where(this).order_by(deliveries.c.created_at.desc(), deliveries.c.id).limit(limit)
    return [Delivery(**row._mapping) for row in connection.execute(query)]


def reopen(connection: Connection, delivery_id: str, org_id: str) -> Delivery | None:
    """A delivery made ready to be sent once more, under the same event id."""
    this = (deliveries.c.id == delivery_id) & (deliveries.c.org_id == org_id)
    values = {"delivered_at": None, "given_up_at": None}
    row = connection.execute(update(deliveries).where(this).values(values).returning(*_DELIVERY)).one_or_none()
    return Delivery(**row._mapping) if row else None


def _this(webhook_id: str, org_id: str) -> ColumnElement[bool]:
    return (webhooks.c.id == webhook_id) & (webhooks.c.org_id == org_id)


def _webhook(row: Row[Any]) -> Webhook:
    values = dict(row._mapping)
    return Webhook(**(values | {"events": tuple(values["events"])}))
