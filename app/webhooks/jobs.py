"""One attempt to deliver: sent, tried again by the schedule, or given up."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import Connection

from app.ports import Service
from app.store import audit
from app.store import webhooks as store
from app.store.webhooks import Delivery, Webhook
from app.webhooks import sending, sign
from app.webhooks.events import defer_delivery
from app.webhooks.sending import Answer

log = structlog.get_logger(__name__)


async def deliver(service: Service, delivery_id: str, attempt: int) -> None:
    """Attempt number `attempt` (1 is the first); one that has ended or whose webhook is disabled is left alone."""
    found = await asyncio.to_thread(_load, service, delivery_id)
    if found is None:
        return
    webhook, delivery = found
    headers = sign.headers(service.keys, webhook, delivery.event_id, delivery.body)
    body = delivery.body.encode()
    answer = await sending.send(webhook.url, body, headers, private=service.settings.webhooks_to_private)
    await asyncio.to_thread(_note, service, webhook, delivery, answer, attempt)


def _load(service: Service, delivery_id: str) -> tuple[Webhook, Delivery] | None:
    with service.reader.connect() as connection:
        return store.pending(connection, delivery_id)


def _note(service: Service, webhook: Webhook, delivery: Delivery, answer: Answer, attempt: int) -> None:
    seconds = None if answer.ok or answer.gone else sending.pause(attempt, answer.wait)
    with service.engine.begin() as connection:
        last = not answer.ok and seconds is None
        store.note_attempt(connection, delivery.id, answer.status, answer.problem, ok=answer.ok, last=last)
        if answer.gone:
            _disable(connection, webhook, "webhook-gone")
        elif last and store.silent(connection, delivery):
            _disable(connection, webhook, "webhook-silent")
        _again(connection, delivery, attempt, seconds)
    if not answer.ok:
        log.info("a webhook was not delivered", webhook=webhook.id, delivery=delivery.id, status=answer.status)


def _disable(connection: Connection, webhook: Webhook, why: str) -> None:
    store.disable(connection, webhook.id, webhook.org_id)
    audit.record(connection, audit.SYSTEM, why, f"webhook:{webhook.id}", org_id=webhook.org_id)


def _again(connection: Connection, delivery: Delivery, attempt: int, seconds: int | None) -> None:
    if seconds is not None:
        defer_delivery(connection, delivery.id, seconds=seconds, attempt=attempt + 1)
