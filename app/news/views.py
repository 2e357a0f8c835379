"""What members send about notifications and channels, and see of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.fields import Line
from app.store.news import Channel, Post
from app.webhooks import address
from app.words import LANGUAGES, _


def _on_offer(locale: str) -> str:
    if locale not in LANGUAGES:
        raise ValueError(_("it has to be one of {names}").format(names=", ".join(LANGUAGES)))
    return locale


Event = Literal["finished", "report", "appeal", "review", "overdue", "failed", "decided", "expired"]
#: What a member hears of besides: what is for them alone.
OwnEvent = Literal[Event, "assigned", "mention"]
When = Literal["at-once", "daily", "off"]
Kind = Literal["slack", "teams", "mattermost"]
Locale = Annotated[str, AfterValidator(_on_offer)]
Url = Annotated[str, StringConstraints(max_length=address.URL_MAX, pattern=r"^https?://[!-~]+$")]


class NotificationsView(BaseModel):
    """When the member hears of what.  `daily`: at eight in the morning of `timezone`."""

    events: dict[OwnEvent, When]
    timezone: str = Field(description="IANA name.")


class NotificationsChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    events: dict[OwnEvent, When] = {}
    timezone: Line | None = None


class ChannelIn(BaseModel):
    """`url` is the address of an incoming webhook.  It is a secret, and shown never again."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: Line = Field(min_length=1, examples=["#hiring"])
    url: Url = Field(examples=["https://hooks.slack.com/services/T0/B0/x"])
    events: list[Event] = Field(min_length=1, max_length=10)
    locale: Locale | None = Field(None, description="The language of its messages; the reader's where it is left out.")


class ChannelChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = Field(None, min_length=1)
    url: Url | None = None
    events: list[Event] | None = Field(None, min_length=1, max_length=10)
    locale: Locale | None = None
    disabled: bool | None = Field(None, description="While it is, it is sent nothing.")


class ChannelView(BaseModel):
    """A channel, without its address."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: Kind
    name: str
    host: str
    events: list[Event]
    locale: str
    created_at: datetime
    disabled_at: datetime | None


class PostView(BaseModel):
    """One message; `status` and `problem` are those of the last attempt."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    state: Literal["delivered", "given-up", "waiting"]
    attempts: int
    status: int | None
    problem: str | None
    created_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None


class PostPage(BaseModel):
    """Messages, newest first; `next_cursor` is null on the last page."""

    items: list[PostView]
    next_cursor: str | None


def channel_view(channel: Channel) -> ChannelView:
    return ChannelView.model_validate(channel)


def post_view(post: Post) -> PostView:
    return PostView.model_validate(post)
