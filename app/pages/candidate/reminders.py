"""Ending reminders, by the button or by a mail program's one click, and having them again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.invitations import attempts
from app.web.auth import ServiceDep
from app.web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/reminders/{token}")
def show(token: str, service: ServiceDep) -> Response:
    """Asks first: programs that look at links end nothing."""
    return _page(service, token)


@router.post("/reminders/{token}")
def end(token: str, service: ServiceDep, do: Annotated[str, Form(max_length=10)] = "end") -> Response:
    """End them (RFC 8058), or mail them again."""
    attempts.set_reminders(service, token, wanted=do == "again")
    return _page(service, token)


def _page(service: ServiceDep, token: str) -> Response:
    standing = attempts.of_reminders(service, token)
    challenge = service.ports.challenge(standing.invitation.challenge)
    ended = standing.invitation.reminders_off_at is not None
    return page("reminders.html", token=token, challenge=challenge, ended=ended)
