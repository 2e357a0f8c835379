"""Notifications: what a member hears of, and the channels of the organisation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.news import service as news_service
from app.news.views import (
    ChannelChange,
    ChannelIn,
    ChannelView,
    NotificationsChange,
    NotificationsView,
    PostPage,
    PostView,
    channel_view,
    post_view,
)
from app.rights import Principal, Right
from app.store.rows import Member
from app.web.auth import ServiceDep, need
from app.web.openapi import problems
from app.web.paging import PagingDep, announce

BASE = "/api/v1/channels"
router = APIRouter(tags=["notifications"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
MINE = "/api/v1/notifications"


@router.get(MINE, summary="What I hear of", responses=problems(401, 403, 409))
def mine(service: ServiceDep, who: ReaderDep) -> NotificationsView:
    """Of the member who asks."""
    return _view(news_service.mine(service, who))


@router.patch(MINE, summary="Choose what I hear of", responses=problems(401, 403, 409, 422))
def choose(body: NotificationsChange, service: ServiceDep, who: ReaderDep) -> NotificationsView:
    """Each event at once, once a day, or never."""
    return _view(news_service.choose(service, who, body))


@router.get(BASE, summary="Channels", responses=problems(401, 403))
def index(service: ServiceDep, who: ManagerDep) -> list[ChannelView]:
    """All of them, the oldest first."""
    return [channel_view(channel) for channel in news_service.all_channels(service, who)]


@router.post(BASE, status_code=201, summary="Add a channel", responses=problems(401, 403, 422))
def add(new: ChannelIn, response: Response, service: ServiceDep, who: ManagerDep) -> ChannelView:
    """A room of Slack, Microsoft Teams or Mattermost, by the address of its incoming webhook."""
    channel = news_service.add_channel(service, who, new)
    response.headers["Location"] = f"{BASE}/{channel.id}"
    return channel_view(channel)


@router.get(BASE + "/{channel_id}", summary="One channel", responses=problems(401, 403, 404))
def show(channel_id: str, service: ServiceDep, who: ManagerDep) -> ChannelView:
    """Without its address."""
    return channel_view(news_service.channel(service, who, channel_id))


@router.patch(BASE + "/{channel_id}", summary="Change a channel", responses=problems(401, 403, 404, 422))
def change(channel_id: str, body: ChannelChange, service: ServiceDep, who: ManagerDep) -> ChannelView:
    """Another name, address or events; disabled or enabled."""
    return channel_view(news_service.change_channel(service, who, channel_id, body))


@router.delete(BASE + "/{channel_id}", status_code=204, summary="Remove a channel", responses=problems(401, 403, 404))
def remove(channel_id: str, service: ServiceDep, who: ManagerDep) -> None:
    """With the log of its messages."""
    news_service.remove_channel(service, who, channel_id)


@router.post(
    BASE + "/{channel_id}/test", status_code=202, summary="Send a test message", responses=problems(401, 403, 404, 409)
)
def test(channel_id: str, service: ServiceDep, who: ManagerDep) -> PostView:
    """It says that messages arrive."""
    return post_view(news_service.test_channel(service, who, channel_id))


@router.get(BASE + "/{channel_id}/messages", summary="What was sent", responses=problems(401, 403, 404, 422))
def log(
    channel_id: str, request: Request, response: Response, service: ServiceDep, who: ManagerDep, page: PagingDep
) -> PostPage:
    """Newest first.  The Link header leads to the next page."""
    found, last = news_service.sent(service, who, channel_id, page)
    return PostPage(items=[post_view(post) for post in found], next_cursor=announce(request, response, last))


@router.post(
    BASE + "/{channel_id}/messages/{post_id}/resend",
    status_code=202,
    summary="Send it once more",
    responses=problems(401, 403, 404, 409),
)
def resend(channel_id: str, post_id: str, service: ServiceDep, who: ManagerDep) -> PostView:
    """The same message now, with all retries."""
    return post_view(news_service.send_again(service, who, channel_id, post_id))


def _view(member: Member) -> NotificationsView:
    return NotificationsView.model_validate({"events": news_service.choices(member), "timezone": member.timezone})
