"""What a member sets for themself: whether they are mailed when a candidate finishes, and in which language."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response

from app.accounts import service as account_service
from app.pages.workspace.frame import ReaderDep, workspace
from app.web.auth import ServiceDep
from app.web.language import COOKIE
from app.web.rendering import seen

router = APIRouter(include_in_schema=False)
HERE = "/work/me"


@router.get(HERE)
def me(service: ServiceDep, who: ReaderDep, kept: str = "") -> Response:
    """Who they are, and what they are told."""
    member = account_service.member(service, who)
    return workspace("me.html", who, HERE, member=member, kept=kept == "yes", mails=service.settings.sends_mail)


@router.post(HERE)
def change(service: ServiceDep, who: ReaderDep, news: Annotated[Literal["at-once", "off"], Form()]) -> Response:
    """Be told, or not."""
    account_service.choose_news(service, who, news)
    return seen(f"{HERE}?kept=yes")


@router.post(f"{HERE}/language")
def speak(service: ServiceDep, who: ReaderDep, locale: Annotated[Literal["", "en", "fr"], Form()]) -> Response:
    """Read and be written to in a language."""
    account_service.choose_language(service, who, locale)
    response = seen(f"{HERE}?kept=yes")
    response.delete_cookie(COOKIE, path="/")  # an earlier choice on a page would hide this one
    return response
