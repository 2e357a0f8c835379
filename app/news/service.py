"""Who hears of what: each member chooses by event, and each channel has its events.

`tell` belongs to the transaction of what it tells of.  Nothing is sent by it: app/news/jobs.py gathers what is due.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func

from app import deadlines
from app.errors import Conflict, Invalid, NotFound
from app.mail.texts import NEWS, PERSONAL
from app.news import jobs
from app.news.views import ChannelChange, ChannelIn, NotificationsChange
from app.owned import owned
from app.platform.secrets import new_id
from app.ports import Service
from app.rights import ROLES, Principal, Right
from app.store import audit, gradings, invitations, members, news, sealed, submissions
from app.store.invitations import Standing
from app.store.news import Channel, MemberMail, Post
from app.store.paging import Cursor, Paging
from app.store.record_tables import posts
from app.store.rows import Grading, Member, State
from app.webhooks import address
from app.words import _, language

AT_ONCE, DAILY, OFF = "at-once", "daily", "off"
#: What a member hears who has chosen nothing.
TOLD = ("finished", "appeal", "review", "overdue", "failed", *PERSONAL)
DEFAULTS = dict.fromkeys(NEWS, OFF) | dict.fromkeys(TOLD, AT_ONCE)
#: What happens within this time goes into one message.
WINDOW = timedelta(seconds=20)
#: When the day's digest is sent, on the member's clock.
MORNING = time(8)
UNSUBSCRIBE = "unsubscribe"


def tell(connection: Connection, about: Standing, event: str, version: int) -> None:
    """Tell those who want to hear of it: `event` is a key of NEWS, `version` which of its kind it is.

    Nobody is told of a candidate without an address, as those of the demo are: nobody invited them.
    """
    if about.candidate.email is None:
        return
    org_id, now = about.invitation.org_id, datetime.now(UTC)
    notice = (event, about.invitation.id, version)
    for member in members.members_of(connection, org_id):
        due = _due(member, event, now)
        if due is not None:
            news.note(connection, org_id, notice, due, member_id=member.id)
    for channel in news.channels_of(connection, org_id):
        if channel.disabled_at is None and event in channel.events:
            news.note(connection, org_id, notice, now + WINDOW, channel_id=channel.id)


def tell_member(connection: Connection, about: Standing, event: str, version: int, member_id: str) -> None:
    """Tell one member, as they chose: `event` is a key of PERSONAL."""
    org_id = about.invitation.org_id
    member = members.member(connection, member_id, org_id)
    due = _due(member, event, datetime.now(UTC)) if member else None
    if due is not None:
        news.note(connection, org_id, (event, about.invitation.id, version), due, member_id=member_id)


def _due(member: Member, event: str, now: datetime) -> datetime | None:
    """When a member is to hear of an event; None for never."""
    when = choices(member)[event]
    if member.disabled_at is not None or when == OFF or Right.READ not in ROLES[member.role]:
        return None
    return now + WINDOW if when == AT_ONCE else morning(member.timezone, now)


def ended(connection: Connection, grading: Grading) -> None:
    """Tell of the first grading of a candidate's attempt: that its report is ready, or that we failed."""
    row = submissions.find(connection, grading.submission_id)
    about = invitations.standing(connection, row.owner.invitation_id) if row and row.owner.invitation_id else None
    if row is None or about is None or grading.reason != gradings.FIRST or grading.state is State.ABORTED:
        return
    event = "failed" if grading.state is State.FAILED else "report"
    tell(connection, about, event, submissions.place(connection, row))


def morning(zone: str, now: datetime) -> datetime:
    """The next time that it is MORNING in a zone."""
    local = now.astimezone(ZoneInfo(zone if deadlines.is_zone(zone) else "UTC"))
    today = datetime.combine(local.date(), MORNING, local.tzinfo)
    return today if today > local else datetime.combine(local.date() + timedelta(days=1), MORNING, local.tzinfo)


def choices(member: Member) -> dict[str, str]:
    """When a member hears of what, by event."""
    return DEFAULTS | {event: when for event, when in member.news.items() if event in DEFAULTS}


def mine(service: Service, who: Principal) -> Member:
    """The member who asks; Conflict for a key, which hears of nothing."""
    with service.reader.connect() as connection:
        member = members.member(connection, who.member_id, who.org_id) if who.member_id else None
    if member is None:
        raise Conflict("no-member", _("Only a member has notifications. Sign in as a member."))
    return member


def choose(service: Service, who: Principal, body: NotificationsChange) -> Member:
    """Change some of one's own choices, and the zone that a digest's morning is in."""
    member, zone = mine(service, who), body.timezone
    if zone is not None and not deadlines.is_zone(zone):
        hint = _("Use an IANA name, such as Europe/Vienna.")
        raise Invalid("bad-timezone", _("This time zone is unknown."), hint=hint)
    with service.engine.begin() as connection:
        wanted: dict[str, str] = {str(event): when for event, when in body.events.items()}
        values = {"news": choices(member) | wanted, "timezone": zone or member.timezone}
        changed = members.change_member(connection, member.id, who.org_id, **values) or member
        _settle(connection, changed)
        return changed


def reader(service: Service, token: str) -> str:
    """The id of the member whose mails a link from them ends, or NotFound."""
    signed = service.keys.read(UNSUBSCRIBE, token)
    if signed is None:
        raise NotFound
    return signed[0]


def unsubscribe(service: Service, token: str) -> None:
    """Mail a member no news any more; they turn them on again in their settings."""
    member_id = reader(service, token)
    with service.engine.begin() as connection:
        org_id = members.organisation_of(connection, member_id)
        if org_id is None:
            raise NotFound
        changed = members.change_member(connection, member_id, org_id, news=dict.fromkeys(DEFAULTS, OFF))
        if changed is not None:
            _settle(connection, changed)


def _settle(connection: Connection, member: Member) -> None:
    """What waits for a member follows their new choice too: nothing comes after they ended it."""
    now = datetime.now(UTC)
    for event in DEFAULTS:
        news.settle(connection, member.id, event, _due(member, event, now))


def all_channels(service: Service, who: Principal) -> list[Channel]:
    """All of them, the oldest first."""
    with service.reader.connect() as connection:
        return news.channels_of(connection, who.org_id)


def channel(service: Service, who: Principal, channel_id: str) -> Channel:
    """A channel of one's own organisation."""
    with service.reader.connect() as connection:
        return owned(news.find_channel, connection, channel_id, who.org_id)


def add_channel(service: Service, who: Principal, new: ChannelIn) -> Channel:
    """Its address is kept sealed, and is never shown again: whoever has it can post."""
    channel_id = new_id()
    with service.engine.begin() as connection:
        where = _sealed(service, channel_id, new.url)
        values = {"kind": new.kind, "name": new.name, "events": sorted(set(new.events))}
        values["locale"] = new.locale or language()
        made = news.add_channel(connection, channel_id, who.org_id, **values, **where)
        audit.record(connection, who, "channel-added", f"channel:{channel_id}", kind=new.kind, events=made.events)
    return made


def change_channel(service: Service, who: Principal, channel_id: str, body: ChannelChange) -> Channel:
    """Another name, address or events; disabled or enabled."""
    values = body.model_dump(exclude_none=True, exclude={"url", "disabled"})
    if body.disabled is not None:
        values["disabled_at"] = func.now() if body.disabled else None
    if body.url is not None:
        values |= _sealed(service, channel_id, body.url)
    with service.engine.begin() as connection:
        found = owned(news.find_channel, connection, channel_id, who.org_id)
        if not values:
            return found
        audit.record(connection, who, "channel-changed", f"channel:{channel_id}", changed=sorted(values))
        return news.change_channel(connection, channel_id, **values)


def remove_channel(service: Service, who: Principal, channel_id: str) -> None:
    """With its messages."""
    with service.engine.begin() as connection:
        owned(news.find_channel, connection, channel_id, who.org_id)
        news.remove_channel(connection, channel_id)
        audit.record(connection, who, "channel-removed", f"channel:{channel_id}")


def test_channel(service: Service, who: Principal, channel_id: str) -> Post:
    """Send a test message now; Conflict where the channel is disabled."""
    with service.engine.begin() as connection:
        _require_enabled(connection, who, channel_id)
        post_id = news.add_post(connection, who.org_id, channel_id)
        jobs.defer(connection, post_id)
        audit.record(connection, who, "channel-tested", f"channel:{channel_id}")
        return owned(news.find_post, connection, post_id, channel_id)


def send_again(service: Service, who: Principal, channel_id: str, post_id: str) -> Post:
    """The same message now, with all retries; Conflict where the channel is disabled."""
    with service.engine.begin() as connection:
        _require_enabled(connection, who, channel_id)
        owned(news.find_post, connection, post_id, channel_id)
        news.change_post(connection, post_id, delivered_at=None, given_up_at=None)
        jobs.defer(connection, post_id)
        audit.record(connection, who, "channel-message-sent-again", f"channel:{channel_id}")
        return owned(news.find_post, connection, post_id, channel_id)


def sent(service: Service, who: Principal, channel_id: str, page: Paging) -> tuple[list[Post], Cursor | None]:
    """One page of a channel's messages, newest first, and where the next one begins."""
    with service.reader.connect() as connection:
        owned(news.find_channel, connection, channel_id, who.org_id)
        query = page.of(news.posts_of(channel_id), posts.c.created_at, posts.c.id)
        return page.cut(news.read_posts(connection, query), lambda row: Cursor(row.created_at, row.id))


def mails(service: Service, who: Principal) -> list[MemberMail]:
    """The newest mails to members, for the log."""
    with service.reader.connect() as connection:
        return news.member_mails(connection, who.org_id)


def _require_enabled(connection: Connection, who: Principal, channel_id: str) -> None:
    if owned(news.find_channel, connection, channel_id, who.org_id).disabled_at is not None:
        raise Conflict("channel-disabled", _("The channel is disabled."), hint=_("Enable it first."))


def _sealed(service: Service, channel_id: str, url: str) -> dict[str, object]:
    try:
        address.check(url, private=service.settings.webhooks_to_private)
    except address.Unsafe as no:
        hint = _("Copy the address of the incoming webhook from Slack, Teams or Mattermost.")
        raise Invalid("bad-url", _("The address is not allowed. {no}").format(no=no), hint=hint) from None
    return {
        "url": sealed.seal(service.keys, jobs.SEALED.format(id=channel_id), url.encode()),
        "host": address.host(url),
    }
