"""What can be told, and telling it: one delivery for each webhook that listens, in the transaction of the change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, any_, func, insert, select

from app.platform import queue
from app.platform.secrets import new_id
from app.store.record_tables import deliveries, webhooks

TEST = "webhook.test"
EVENTS = frozenset(
    f"{subject}.{what}"
    for subject, happened in {
        "invitation": ("created", "opened", "started", "extended", "expired", "withdrawn"),
        "submission": ("received", "rejected"),
        "grading": ("started", "completed", "failed"),
        "report": ("ready", "superseded"),
        "review": ("locked",),
        "decision": ("recorded",),
        "appeal": ("opened", "resolved"),
        "human-review": ("asked", "answered"),
        "candidate": ("erased",),
        "webhook": ("test",),
    }.items()
    for what in happened
)


def emit(connection: Connection, org_id: str, event: str, *happened: Mapping[str, Any]) -> None:
    """Tell the organisation's webhooks each time it happened; nothing is sent unless `connection` commits.

    What is told is thin: ids, URLs and the band, nothing about a person.  ValueError for an event that is none of ours.
    """
    if event not in EVENTS:
        raise ValueError(f"{event} is no event")
    hooks = webhooks.c
    listens = (func.cardinality(hooks.events) == 0) | (any_(hooks.events) == event)
    query = select(hooks.id).where(hooks.org_id == org_id, hooks.disabled_at.is_(None), listens)
    found = connection.scalars(query).all()
    for data in happened if found else ():
        message = _message(org_id, event, data)
        for webhook_id in found:
            _queue(connection, webhook_id, message)


def emit_test(connection: Connection, org_id: str, webhook_id: str) -> str:
    """A test event for one webhook, whatever it listens to; the delivery's id."""
    return _queue(connection, webhook_id, _message(org_id, TEST, {"webhook_id": webhook_id}))


def _message(org_id: str, event: str, data: Mapping[str, Any]) -> dict[str, str]:
    timestamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    body = json.dumps({"type": event, "timestamp": timestamp, "data": dict(data)}, separators=(",", ":"))
    return {"org_id": org_id, "event_id": f"msg_{new_id()}", "type": event, "body": body}


def _queue(connection: Connection, webhook_id: str, message: Mapping[str, str]) -> str:
    delivery_id = new_id()
    connection.execute(insert(deliveries).values(id=delivery_id, webhook_id=webhook_id, **message))
    defer_delivery(connection, delivery_id)
    return delivery_id


def defer_delivery(connection: Connection, delivery_id: str, *, seconds: int = 0, attempt: int = 1) -> None:
    """Queue one attempt."""
    options: dict[str, Any] = {"schedule_in": {"seconds": seconds}} if seconds else {}
    queue.defer(connection, "deliver", queue.WEBHOOKS, options=options, delivery_id=delivery_id, attempt=attempt)
