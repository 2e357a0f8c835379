"""Sending news: what is due for somebody goes into one message, which is sent, tried again or given up."""

from __future__ import annotations

import asyncio
import json
import time

import structlog
from sqlalchemy import Connection, func

from app import links
from app.mail import outbox
from app.mail.outbox import Kind
from app.mail.texts import news_sentence
from app.names import called
from app.news.formats import FORMATS, MOST, Line
from app.platform import queue
from app.ports import Service
from app.store import audit, invitations, members, news, sealed
from app.store.news import Channel, Post
from app.webhooks import sending
from app.webhooks.sending import Answer
from app.words import _, ngettext, reading_in

log = structlog.get_logger(__name__)

TASK = "post"
SEALED = "channel/{id}"
#: Mails to one member differ by the second in which they were made; from this moment on.
SINCE = 1_700_000_000


def gather(connection: Connection) -> None:
    """Make a message of all that is due for each recipient, and queue it."""
    for to in news.recipients(connection):
        if to.channel_id is not None:
            message_id = news.add_post(connection, to.org_id, to.channel_id)
            defer(connection, message_id)
        else:
            version = int(time.time()) - SINCE
            queued = outbox.queue(connection, to.org_id, Kind.NEWS, version, member_id=to.member_id)
            if queued is None:  # of the same second; the next look finds them again
                continue
            message_id = queued
        news.gather(connection, to, message_id)


def defer(connection: Connection, post_id: str, *, seconds: int = 0, attempt: int = 1) -> None:
    """Queue one attempt; of one message there is one at a time."""
    options = {"lock": post_id} | ({"schedule_in": {"seconds": seconds}} if seconds else {})
    queue.defer(connection, TASK, queue.WEBHOOKS, options=options, post_id=post_id, attempt=attempt)


async def deliver(service: Service, post_id: str, attempt: int) -> None:
    """Attempt number `attempt` (1 is the first) to send a message to its channel."""
    found = await asyncio.to_thread(_load, service, post_id)
    if found is None:
        return
    post, channel, lines = found
    url = sealed.unseal(service.keys, SEALED.format(id=channel.id), channel.url).decode()
    with reading_in(channel.locale):
        body = json.dumps(FORMATS[channel.kind](lines)).encode()
    answer = await sending.send(url, body, {}, private=service.settings.webhooks_to_private)
    await asyncio.to_thread(_note, service, post, channel, answer, attempt)


def _load(service: Service, post_id: str) -> tuple[Post, Channel, list[Line]] | None:
    with service.reader.connect() as connection:
        found = news.waiting_post(connection, post_id)
        if found is None:
            return None
        post, channel = found
        with reading_in(channel.locale):
            return post, channel, _lines(connection, service, channel, post_id)


def _lines(connection: Connection, service: Service, channel: Channel, post_id: str) -> list[Line]:
    """Names only where nobody in the organisation rates without them; a test where there is nothing to tell."""
    blind = members.organisation(connection, channel.org_id).blind
    notices = news.of_message(connection, post_id)
    lines = []
    for notice in notices[:MOST]:
        about = invitations.standing(connection, notice.invitation_id, channel.org_id)
        if about is not None:
            title = _(service.ports.challenge(about.invitation.challenge).title)
            sentence = news_sentence(notice.event, called(about, blind=blind), title)
            lines.append(Line(sentence, links.to_candidate(service.settings, notice.invitation_id)))
    more = len(notices) - MOST
    if more > 0:
        text = ngettext("There is {n} more piece of news.", "There are {n} more pieces of news.", more)
        lines.append(Line(text.format(n=more), f"{service.settings.base_url}/work"))
    return lines or [Line(_("This is a test message from Assay. Messages arrive here."), service.settings.base_url)]


def _note(service: Service, post: Post, channel: Channel, answer: Answer, attempt: int) -> None:
    seconds = sending.pause(attempt, answer.wait) if answer.passing else None
    with service.engine.begin() as connection:
        news.note_attempt(connection, post.id, answer.status, answer.problem, ok=answer.ok)
        if answer.ok:
            return
        if seconds is not None:
            defer(connection, post.id, seconds=seconds, attempt=attempt + 1)
        else:
            news.change_post(connection, post.id, given_up_at=func.now())
        if answer.gone:
            news.change_channel(connection, channel.id, disabled_at=func.now())
            audit.record(connection, audit.SYSTEM, "channel-gone", f"channel:{channel.id}", org_id=channel.org_id)
    log.info("a channel was not told", channel=channel.id, post=post.id, status=answer.status)
