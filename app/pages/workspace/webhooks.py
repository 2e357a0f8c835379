"""Webhooks: the forms of their section in the settings, and the page of what was sent to one."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.api import webhooks as api
from app.api.webhooks import WebhookChange, WebhookIn
from app.errors import Conflict, DomainError, NotFound
from app.pages.workspace import settings
from app.pages.workspace.frame import ManagerDep, problem_of, workspace
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.paging import PagingDep
from app.web.rendering import seen

router = APIRouter(include_in_schema=False)
HERE = "/work/settings/webhooks"
SECTION = "/work/settings#webhooks"


@router.post(HERE)
async def add(request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Add a webhook, and show its secret this once."""
    form = await request.form(max_fields=50, max_part_size=4000)
    given = {"url": str(form.get("url", "")), "events": [str(event) for event in form.getlist("event")]}
    try:
        made = api.add(settings.valid(WebhookIn, given), Response(), service, who)
    except DomainError as no:
        return settings.shown(service, who, status_of(no), webhooks=problem_of(no))
    return settings.shown(service, who, 201, hook=made)


@router.post(HERE + "/{webhook_id}")
def change(webhook_id: str, service: ServiceDep, who: ManagerDep, do: settings.Field = "") -> Response:
    """A test event, a new secret, off and on again, or away with it."""
    if do == "rotate":
        return settings.shown(service, who, hook=api.rotate(webhook_id, service, who))
    if do == "test":
        return _tested(webhook_id, service, who)
    if do == "remove":
        api.remove(webhook_id, service, who)
    elif do in ("disable", "enable"):
        api.change(webhook_id, WebhookChange(disabled=do == "disable"), service, who)
    else:
        raise NotFound
    return seen(SECTION)


def _tested(webhook_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    try:
        api.test(webhook_id, service, who)
    except DomainError as no:
        if not isinstance(no, Conflict):
            raise
        return settings.shown(service, who, status_of(no), webhooks=problem_of(no))
    return seen(f"{HERE}/{webhook_id}")


@router.get(HERE + "/{webhook_id}")
def log(webhook_id: str, request: Request, service: ServiceDep, who: ManagerDep, page: PagingDep) -> Response:
    """What was sent and what came of it, newest first."""
    hook = api.show(webhook_id, service, who)
    sent = api.log(webhook_id, request, Response(), service, who, page)
    here = f"{HERE}/{webhook_id}"
    return workspace("webhook.html", who, settings.HERE, hook=hook, sent=sent, address=here)


@router.post(HERE + "/{webhook_id}/deliveries/{delivery_id}")
def redeliver(webhook_id: str, delivery_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """Send one once more."""
    api.redeliver(webhook_id, delivery_id, service, who)
    return seen(f"{HERE}/{webhook_id}")
