"""Notifications in the settings: channels, their messages, the mails to members, and trying both out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from app.errors import Conflict, DomainError, Invalid, NotFound
from app.news import service as news_service
from app.news.formats import TITLES
from app.news.views import ChannelChange, ChannelIn, channel_view, post_view
from app.organisations import service as organisation_service
from app.pages.workspace import settings
from app.pages.workspace.frame import ManagerDep, Question, ask_first, problem_of, workspace
from app.ports import Service
from app.rights import Principal
from app.store.paging import Paging
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.paging import PagingDep, text_of
from app.web.rendering import page as rendered
from app.web.rendering import seen
from app.words import N_

router = APIRouter(include_in_schema=False)
HERE = "/work/settings/notifications"
REMOVE = Question(
    N_("Remove this channel?"),
    N_("It is sent nothing more, and the list of its messages is deleted."),
    N_("Remove it"),
    news_service.channel,
)


@router.get(HERE)
def index(service: ServiceDep, who: ManagerDep) -> Response:
    """The channels, a form for another one, and the mails to members."""
    return _index(service, who)


@router.post(HERE)
async def add(request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Add a channel."""
    form = await request.form(max_fields=30, max_part_size=4000)
    given: dict[str, Any] = {name: str(form.get(name, "")).strip() for name in ("kind", "name", "url")}
    given["locale"] = str(form.get("locale", "")) or None
    given["events"] = [str(event) for event in form.getlist("event")]
    try:
        made = news_service.add_channel(service, who, settings.valid(ChannelIn, given))
    except DomainError as no:
        return _index(service, who, status_of(no), problem=problem_of(no))
    return seen(f"{HERE}/{made.id}")


@router.get(HERE + "/{channel_id}")
def show(channel_id: str, service: ServiceDep, who: ManagerDep, page: PagingDep) -> Response:
    """What a channel hears of, and what was sent to it."""
    return _shown(service, who, channel_id, page=page)


@router.post(HERE + "/{channel_id}")
async def change(channel_id: str, request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Save the form, or: a test message, a message once more, off and on again, away with it."""
    form = await request.form(max_fields=30, max_part_size=4000)
    do, here = str(form.get("do", "")), f"{HERE}/{channel_id}"
    if do == "remove" and not form.get("sure"):
        return ask_first(service, who, REMOVE, channel_id, here, here, do=do)
    try:
        match do:
            case "test":
                news_service.test_channel(service, who, channel_id)
            case "again":
                news_service.send_again(service, who, channel_id, str(form.get("post", "")))
            case "remove":
                news_service.remove_channel(service, who, channel_id)
            case "disable" | "enable":
                news_service.change_channel(service, who, channel_id, ChannelChange(disabled=do == "disable"))
            case "save":
                words = ("name", "url", "locale")
                given = {name: str(form[name]).strip() for name in words if str(form.get(name, "")).strip()}
                events = [str(event) for event in form.getlist("event")]
                body = settings.valid(ChannelChange, {**given, "events": events})
                news_service.change_channel(service, who, channel_id, body)
            case _:
                raise NotFound
    except (Invalid, Conflict) as no:
        return _shown(service, who, channel_id, status_of(no), problem=problem_of(no))
    return seen(HERE if do == "remove" else here)


@router.get("/unsubscribe/{token}")
def ask(token: str, service: ServiceDep) -> Response:
    """Asks first: programs that look at links end nothing."""
    news_service.reader(service, token)
    return rendered("unsubscribe.html", done=False, token=token)


@router.post("/unsubscribe/{token}")
def unsubscribe(token: str, service: ServiceDep) -> Response:
    """End the mails with news, by the button or by a mail program's one click (RFC 8058)."""
    news_service.unsubscribe(service, token)
    return rendered("unsubscribe.html", done=True, token=token)


def _index(service: Service, who: Principal, status: int = 200, problem: str = "") -> Response:
    people = {member.id: member.name or member.email for member in organisation_service.all_members(service, who)}
    more = {
        "channels": [channel_view(channel) for channel in news_service.all_channels(service, who)],
        "mails": news_service.mails(service, who),
        "people": people,
        "kinds": TITLES,
        "problem": problem,
        "sends": service.settings.sends_mail,
    }
    return workspace("notifications.html", who, settings.HERE, status, **more)


def _shown(
    service: Service,
    who: Principal,
    channel_id: str,
    status: int = 200,
    *,
    page: Paging | None = None,
    problem: str = "",
) -> Response:
    channel = news_service.channel(service, who, channel_id)
    found, last = news_service.sent(service, who, channel_id, page or Paging())
    here = f"{HERE}/{channel_id}"
    return workspace(
        "channel.html",
        who,
        settings.HERE,
        status,
        channel=channel_view(channel),
        kinds=TITLES,
        posts=[post_view(post) for post in found],
        older=f"{here}?cursor={text_of(last)}" if last else None,
        problem=problem,
        address=here,
    )
