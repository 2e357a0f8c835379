"""One attempt to deliver: sent, tried again by the schedule, or given up."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx
import structlog
from sqlalchemy import Connection

from app.ports import Service
from app.store import audit
from app.store import webhooks as store
from app.store.webhooks import Delivery, Webhook
from app.webhooks import address, sign
from app.webhooks.events import defer_delivery
from app.words import _

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 15.0
#: The wait before the second attempt, the third and so on; after the last one it is given up.
SCHEDULE = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
JITTER = 0.1
RETRY_AFTER_MAX = 86400
AGENT = "Assay-Webhooks/1"


@dataclass(frozen=True)
class Answer:
    """What an attempt came to: a status, or a problem of the way there; `wait` is what Retry-After asked, in s."""

    status: int | None
    problem: str | None = None
    wait: int = 0

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver asks never to be called again."""
        return self.status == 410


async def deliver(service: Service, delivery_id: str, attempt: int) -> None:
    """Attempt number `attempt` (1 is the first); one that has ended or whose webhook is disabled is left alone."""
    found = await asyncio.to_thread(_load, service, delivery_id)
    if found is None:
        return
    webhook, delivery = found
    headers = sign.headers(service.keys, webhook, delivery.event_id, delivery.body)
    answer = await _post(webhook.url, delivery.body, headers, private=service.settings.webhooks_to_private)
    await asyncio.to_thread(_note, service, webhook, delivery, answer, attempt)


def _load(service: Service, delivery_id: str) -> tuple[Webhook, Delivery] | None:
    with service.engine.connect() as connection:
        return store.pending(connection, delivery_id)


async def _post(url: str, body: str, headers: dict[str, str], *, private: bool) -> Answer:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            target = await asyncio.to_thread(address.resolve, url, private=private)
            return await _send(target, body, headers)
    except address.Unsafe as no:
        return Answer(None, _("The address is not allowed. {no}").format(no=no))
    except TimeoutError:
        return Answer(None, _("There was no answer within {seconds:.0f} s.").format(seconds=TIMEOUT_SECONDS))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(None, _("The connection failed: {fault}.").format(fault=type(error).__name__))


async def _send(target: address.Target, body: str, headers: dict[str, str]) -> Answer:
    """Only status and Retry-After of the answer are read; its body is left."""
    sent = {**headers, "host": target.authority, "content-type": "application/json", "user-agent": AGENT}
    # The certificate is verified for the name, although the connection goes to the address.
    extensions = {"sni_hostname": target.host}
    async with (
        httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=TIMEOUT_SECONDS) as client,
        client.stream("POST", target.pinned, content=body.encode(), headers=sent, extensions=extensions) as answer,
    ):
        told = "" if answer.is_success else _("The receiver answered {status}.").format(status=answer.status_code)
        return Answer(answer.status_code, told or None, retry_after(answer.headers.get("retry-after", "")))


def retry_after(value: str) -> int:
    """Seconds that a Retry-After header asks for, in either of its forms; 0 for none or nonsense."""
    if value.isdecimal():
        return min(int(value), RETRY_AFTER_MAX)
    try:
        when = parsedate_to_datetime(value)
        seconds = (when - when.now(when.tzinfo)).total_seconds()
    except (ValueError, TypeError):
        return 0
    return max(0, min(round(seconds), RETRY_AFTER_MAX))


def pause(attempt: int, asked: int) -> int | None:
    """Seconds until the next attempt after number `attempt`; None where there is none."""
    if attempt > len(SCHEDULE):
        return None
    planned = SCHEDULE[attempt - 1] * (1 + JITTER * random.random())  # noqa: S311 - spreads load, guards nothing
    return max(round(planned), asked)


def _note(service: Service, webhook: Webhook, delivery: Delivery, answer: Answer, attempt: int) -> None:
    seconds = None if answer.ok or answer.gone else pause(attempt, answer.wait)
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
