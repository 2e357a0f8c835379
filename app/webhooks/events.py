"""What can be told, and telling it: one delivery for each webhook that listens, in the transaction of the change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, any_, func, insert, select

from app import queue
from app.secrets import new_id
from app.store.record_tables import deliveries, webhooks

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
        "candidate": ("erased",),
        "webhook": ("test",),
    }.items()
    for what in happened
)


def emit(connection: Connection, org_id: str, event: str, data: Mapping[str, Any]) -> None:
    """Tell the organisation's webhooks; nothing is sent unless `connection` commits.

    `data` is thin: ids, URLs and the band, nothing about a person.  ValueError for an event that is none of ours.
    """
    if event not in EVENTS:
        raise ValueError(f"{event} is no event")
    hooks = webhooks.c
    listens = (func.cardinality(hooks.events) == 0) | (any_(hooks.events) == event)
    query = select(hooks.id).where(hooks.org_id == org_id, hooks.disabled_at.is_(None), listens)
    found = connection.scalars(query).all()
    if not found:
        return
    event_id = f"msg_{new_id()}"
    timestamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    body = json.dumps({"type": event, "timestamp": timestamp, "data": dict(data)}, separators=(",", ":"))
    for webhook_id in found:
        row = {"id": new_id(), "org_id": org_id, "webhook_id": webhook_id, "event_id": event_id}
        connection.execute(insert(deliveries).values(type=event, body=body, **row))
        defer_delivery(connection, row["id"])


def defer_delivery(connection: Connection, delivery_id: str, *, seconds: int = 0, attempt: int = 1) -> None:
    """Queue one attempt."""
    options: dict[str, Any] = {"schedule_in": {"seconds": seconds}} if seconds else {}
    queue.defer(connection, "deliver", queue.WEBHOOKS, options=options, delivery_id=delivery_id, attempt=attempt)
