"""What a member sets for themself: when they are mailed about what, and in which language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.accounts import service as account_service
from app.errors import DomainError
from app.news import service as news_service
from app.news.views import NotificationsChange
from app.pages.workspace.frame import ReaderDep, problem_of, workspace
from app.pages.workspace.settings import valid
from app.ports import Service
from app.rights import Principal
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.language import COOKIE
from app.web.rendering import seen
from app.words import LANGUAGES

router = APIRouter(include_in_schema=False)
HERE = "/work/me"
#: A language on offer, or none: as the browser asks.
CHOICE = f"^(?:{'|'.join(LANGUAGES)})?$"


@router.get(HERE)
def me(service: ServiceDep, who: ReaderDep, kept: str = "") -> Response:
    """Who they are, and what they are told."""
    return _page(service, who, kept=kept == "yes")


@router.post(HERE)
async def change(request: Request, service: ServiceDep, who: ReaderDep) -> Response:
    """Be told of each event at once, once a day, or never; and in which zone the day is."""
    form = await request.form(max_fields=30, max_part_size=1000)
    given = {name: str(value) for name, value in form.items()}
    zone = given.pop("timezone", None)
    try:
        news_service.choose(service, who, valid(NotificationsChange, {"events": given, "timezone": zone}))
    except DomainError as no:
        return _page(service, who, status_of(no), problem=problem_of(no))
    return seen(f"{HERE}?kept=yes")


@router.post(f"{HERE}/language")
def speak(service: ServiceDep, who: ReaderDep, locale: Annotated[str, Form(pattern=CHOICE)] = "") -> Response:
    """Read and be written to in a language."""
    account_service.choose_language(service, who, locale)
    response = seen(f"{HERE}?kept=yes")
    response.delete_cookie(COOKIE, path="/")  # an earlier choice on a page would hide this one
    return response


def _page(service: Service, who: Principal, status: int = 200, *, kept: bool = False, problem: str = "") -> Response:
    member = account_service.member(service, who)
    more = {"mails": service.settings.sends_mail, "choices": news_service.choices(member)}
    return workspace("me.html", who, HERE, status, member=member, kept=kept, problem=problem, **more)
