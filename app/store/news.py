"""What members and channels are told of: news, the messages they go into, and the channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.platform.secrets import new_id
from app.store.record_tables import channels, mails, news_items, posts
from app.store.rows import Sent

#: How long news and the log of messages are kept.
KEPT = timedelta(days=30)
#: Recipients who are written to in one go.
MOST = 200
#: What is shown of the mails to members.
SHOWN = 50


@dataclass(frozen=True)
class Channel:
    """A room of Slack, Teams or Mattermost; `url` is sealed."""

    id: str
    org_id: str
    kind: str
    name: str
    url: bytes
    host: str
    events: tuple[str, ...]
    locale: str  # the language of its messages
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class Post(Sent):
    """One message to a channel."""

    channel_id: str


@dataclass(frozen=True)
class Notice:
    """That `event` happened to an invitation."""

    event: str
    invitation_id: str


@dataclass(frozen=True)
class Recipient:
    """A member or a channel for whom news are due."""

    org_id: str
    member_id: str | None
    channel_id: str | None


@dataclass(frozen=True)
class MemberMail:
    """One mail to a member, for the log."""

    member_id: str
    kind: str
    problem: str | None
    created_at: datetime
    sent_at: datetime | None
    given_up_at: datetime | None


_CHANNEL = [channels.c[name] for name in Channel.__dataclass_fields__]
_POST = [posts.c[name] for name in Post.__dataclass_fields__]


def note(
    connection: Connection,
    org_id: str,
    notice: tuple[str, str, int],
    due_at: datetime,
    *,
    member_id: str | None = None,
    channel_id: str | None = None,
) -> None:
    """Tell somebody of (event, invitation, version), once; nothing is sent before `due_at`."""
    event, invitation_id, version = notice
    values = {"id": new_id(), "org_id": org_id, "event": event, "invitation_id": invitation_id, "version": version}
    who = {"member_id": member_id, "channel_id": channel_id}
    connection.execute(upsert(news_items).values(**values, **who, due_at=due_at).on_conflict_do_nothing())


def settle(connection: Connection, member_id: str, event: str, due_at: datetime | None) -> None:
    """What waits for a member of one event is due then; None: never, a mail that has not left included."""
    mine = (news_items.c.member_id == member_id) & (news_items.c.event == event)
    unsent = select(mails.c.id).where(mails.c.member_id == member_id, mails.c.sent_at.is_(None))
    waiting = news_items.c.message_id.is_(None)
    if due_at is None:
        connection.execute(delete(news_items).where(mine, waiting | news_items.c.message_id.in_(unsent)))
    else:
        connection.execute(update(news_items).where(mine, waiting).values(due_at=due_at))


def recipients(connection: Connection) -> list[Recipient]:
    """Those for whom something is due."""
    who = (news_items.c.org_id, news_items.c.member_id, news_items.c.channel_id)
    due = select(*who).where(news_items.c.message_id.is_(None), news_items.c.due_at <= func.now())
    return [Recipient(*row) for row in connection.execute(due.group_by(*who).limit(MOST))]


def gather(connection: Connection, to: Recipient, message_id: str) -> None:
    """Put all that is due for somebody into one message."""
    whose = news_items.c.member_id == to.member_id if to.member_id else news_items.c.channel_id == to.channel_id
    due = news_items.c.message_id.is_(None) & (news_items.c.due_at <= func.now())
    connection.execute(update(news_items).where(whose, due).values(message_id=message_id))


def of_message(connection: Connection, message_id: str) -> list[Notice]:
    """What a message tells of, the oldest first."""
    query = select(news_items.c.event, news_items.c.invitation_id).where(news_items.c.message_id == message_id)
    return [Notice(*row) for row in connection.execute(query.order_by(news_items.c.created_at, news_items.c.id))]


def add_channel(connection: Connection, channel_id: str, org_id: str, **values: Any) -> Channel:
    added = insert(channels).values(id=channel_id, org_id=org_id, **values).returning(*_CHANNEL)
    return _channel(connection.execute(added).one())


def find_channel(connection: Connection, channel_id: str, org_id: str) -> Channel | None:
    """A channel of this organisation."""
    query = select(*_CHANNEL).where(channels.c.id == channel_id, channels.c.org_id == org_id)
    row = connection.execute(query).one_or_none()
    return _channel(row) if row else None


def channels_of(connection: Connection, org_id: str) -> list[Channel]:
    """All of an organisation, the oldest first."""
    query = select(*_CHANNEL).where(channels.c.org_id == org_id).order_by(channels.c.created_at, channels.c.id)
    return [_channel(row) for row in connection.execute(query)]


def change_channel(connection: Connection, channel_id: str, **values: Any) -> Channel:
    changed = update(channels).where(channels.c.id == channel_id).values(values).returning(*_CHANNEL)
    return _channel(connection.execute(changed).one())


def remove_channel(connection: Connection, channel_id: str) -> None:
    """With its messages."""
    connection.execute(delete(channels).where(channels.c.id == channel_id))


def add_post(connection: Connection, org_id: str, channel_id: str) -> str:
    """A message that is to be sent; its id."""
    post_id = new_id()
    connection.execute(insert(posts).values(id=post_id, org_id=org_id, channel_id=channel_id))
    return post_id


def find_post(connection: Connection, post_id: str, channel_id: str) -> Post | None:
    """A message of this channel."""
    found = read_posts(connection, posts_of(channel_id).where(posts.c.id == post_id))
    return found[0] if found else None


def waiting_post(connection: Connection, post_id: str) -> tuple[Post, Channel] | None:
    """A message that is still to be sent, with its channel, which is not disabled."""
    still = (posts.c.id == post_id) & posts.c.delivered_at.is_(None) & posts.c.given_up_at.is_(None)
    row = connection.execute(select(*_POST, posts.c.org_id).where(still)).one_or_none()
    channel = find_channel(connection, row.channel_id, row.org_id) if row else None
    if row is None or channel is None or channel.disabled_at is not None:
        return None
    return Post(*row[:-1]), channel


def change_post(connection: Connection, post_id: str, **values: Any) -> None:
    connection.execute(update(posts).where(posts.c.id == post_id).values(values))


def note_attempt(connection: Connection, post_id: str, status: int | None, problem: str | None, *, ok: bool) -> None:
    """What an attempt to send came to."""
    values: dict[str, Any] = {"attempts": posts.c.attempts + 1, "status": status, "problem": problem}
    values |= {"attempted_at": func.now()} | ({"delivered_at": func.now()} if ok else {})
    change_post(connection, post_id, **values)


def posts_of(channel_id: str) -> Select[Any]:
    """The query for the messages of a channel; its rows are read with `read_posts`."""
    return select(*_POST).where(posts.c.channel_id == channel_id)


def read_posts(connection: Connection, query: Select[Any]) -> list[Post]:
    return [Post(**row._mapping) for row in connection.execute(query)]


def member_mails(connection: Connection, org_id: str) -> list[MemberMail]:
    """The newest mails to members."""
    columns = [mails.c[name] for name in MemberMail.__dataclass_fields__]
    query = select(*columns).where(mails.c.org_id == org_id, mails.c.member_id.is_not(None))
    return [MemberMail(*row) for row in connection.execute(query.order_by(mails.c.created_at.desc()).limit(SHOWN))]


def forget(connection: Connection) -> None:
    """Drop what was told longer than KEPT ago."""
    old = func.now() - KEPT
    connection.execute(delete(news_items).where(news_items.c.message_id.is_not(None), news_items.c.created_at < old))
    connection.execute(delete(posts).where(posts.c.created_at < old))


def _channel(row: Any) -> Channel:
    values = dict(row._mapping)
    return Channel(**(values | {"events": tuple(values["events"])}))
