"""Telling tracking systems how far their candidates are: what differs is queued, sent, tried again or given up."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection, func

from app.errors import Invalid
from app.platform import queue
from app.ports import Service
from app.store import sealed, tracking
from app.store.tracking import Order, System
from app.tracking import keys
from app.tracking.adapters import ADAPTERS
from app.tracking.desk import progress_of, require_within
from app.tracking.port import Request
from app.webhooks import sending
from app.webhooks.sending import Answer
from app.words import _

log = structlog.get_logger(__name__)

TASK = "tell"
#: Hosts of a domain are called by names such as api.ashbyhq.com; a port is for trying things out.
SEALED = "tracking/{id}"


@dataclass(frozen=True)
class Message:
    """What is to be sent about an order; `news` is what its system then knows, `renewed` that they are other ones than
    those that were queued."""

    order: Order
    system: System
    request: Request
    authorization: str
    renewed: bool

    @property
    def news(self) -> str:
        return self.order.news


def look(connection: Connection, *, all_orders: bool = False) -> None:
    """Queue what there is to tell: of the unfinished orders, or of all, whose reports a member may have replaced."""
    for order_id, news in tracking.changed(connection, all_orders=all_orders):
        if tracking.renew(connection, order_id, news):
            defer(connection, order_id)


def defer(connection: Connection, order_id: str, *, seconds: int = 0, attempt: int = 1) -> None:
    """Queue one attempt; of one order there is one at a time."""
    options = {"lock": order_id} | ({"schedule_in": {"seconds": seconds}} if seconds else {})
    queue.defer(connection, TASK, queue.WEBHOOKS, options=options, order_id=order_id, attempt=attempt)


async def tell(service: Service, order_id: str, attempt: int) -> None:
    """Attempt number `attempt` (1 is the first) to tell of an order; one that was told meanwhile is left alone."""
    message = await asyncio.to_thread(_message, service, order_id)
    if message is None:
        return
    request, private = message.request, service.settings.webhooks_to_private
    try:
        require_within(request.url, message.system.domain, private=private)
    except Invalid as no:
        answer = Answer(400, no.detail)
    else:
        body = b"" if request.body is None else json.dumps(request.body).encode()
        headers = {"authorization": message.authorization, **request.headers}
        answer = await sending.send(request.url, body, headers, private=private, method=request.method)
    await asyncio.to_thread(_note, service, message, answer, 1 if message.renewed else attempt)


def _message(service: Service, order_id: str) -> Message | None:
    """What is to be sent now, None where nothing is; news that are not for this system count as told."""
    with service.engine.begin() as connection:
        held = tracking.hold_order(connection, order_id)
        if held is None:
            return None
        order, system = held
        if order.told == order.news or order.cancelled_at is not None or system.disabled_at is not None:
            return None
        adapter = ADAPTERS[system.kind]
        # what is said is how things stand now, so that nobody who looks for news queues them once more
        now = tracking.news_of(connection, order_id)
        renewed = tracking.renew(connection, order_id, now)
        order = replace(order, news=now)
        stamp = max(int(time.time() * 1000), order.stamp + 1)
        request = adapter.request(progress_of(service, connection, order, system), system.domain, stamp)
        if request is None:
            tracking.change_order(connection, order_id, told=order.news)
            return None
        tracking.change_order(connection, order_id, stamp=stamp)
    return Message(order, system, request, keys.basic(_key(service, system)), renewed)


def _key(service: Service, system: System) -> str:
    if not ADAPTERS[system.kind].own_key:
        return keys.theirs(service.keys, system)
    return sealed.unseal(service.keys, SEALED.format(id=system.id), system.their_key or b"").decode()


def _note(service: Service, message: Message, answer: Answer, attempt: int) -> None:
    order, call = message.order, message.request.method
    if message.request.body is not None:
        call = message.request.url.rpartition("/")[2]
    seconds = sending.pause(attempt, answer.wait) if answer.passing else None
    with service.engine.begin() as connection:
        tracking.note_call(connection, message.system, call, answer.status, answer.problem, ours=True)
        if answer.ok:
            tracking.change_order(connection, order.id, told=message.news, told_at=func.now(), problem=None)
        elif seconds is None:
            problem = answer.problem or _("It could not be told.")
            tracking.change_order(connection, order.id, problem=problem, given_up_at=func.now())
        else:
            tracking.change_order(connection, order.id, problem=answer.problem)
            defer(connection, order.id, seconds=seconds, attempt=attempt + 1)
    if not answer.ok:
        log.info("a tracking system was not told", system=message.system.id, order=order.id, status=answer.status)
