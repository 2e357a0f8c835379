"""Webhooks: the forms of their section in the settings, and the page of what was sent to one."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.errors import Conflict, DomainError, NotFound
from app.pages.workspace import settings
from app.pages.workspace.frame import ManagerDep, Question, ask_first, problem_of, workspace
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.paging import PagingDep, text_of
from app.web.rendering import seen
from app.webhooks import service as webhook_service
from app.webhooks.views import WebhookChange, WebhookIn, delivery_view, webhook_view
from app.words import N_

router = APIRouter(include_in_schema=False)
HERE = "/work/settings/webhooks"
SECTION = "/work/settings#webhooks"
REMOVE = Question(
    N_("Remove this webhook?"),
    N_("Nothing more is sent to it, and the list of what was sent is deleted."),
    N_("Remove it"),
    webhook_service.find,
)


@router.post(HERE)
async def add(request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Add a webhook, and show its secret this once."""
    form = await request.form(max_fields=50, max_part_size=4000)
    given = {"url": str(form.get("url", "")), "events": [str(event) for event in form.getlist("event")]}
    try:
        made = webhook_view(*webhook_service.add(service, who, settings.valid(WebhookIn, given)))
    except DomainError as no:
        return settings.shown(service, who, status_of(no), webhooks=problem_of(no))
    return settings.shown(service, who, 201, hook=made)


@router.post(HERE + "/{webhook_id}")
def change(
    webhook_id: str, service: ServiceDep, who: ManagerDep, do: settings.Field = "", sure: settings.Field = ""
) -> Response:
    """A test event, a new secret, off and on again, or away with it."""
    if do == "rotate":
        return settings.shown(service, who, hook=webhook_view(*webhook_service.rotate(service, who, webhook_id)))
    if do == "test":
        return _tested(webhook_id, service, who)
    if do == "remove" and not sure:
        return ask_first(service, who, REMOVE, webhook_id, f"{HERE}/{webhook_id}", SECTION, do=do)
    if do == "remove":
        webhook_service.remove(service, who, webhook_id)
    elif do in ("disable", "enable"):
        webhook_service.change(service, who, webhook_id, WebhookChange(disabled=do == "disable"))
    else:
        raise NotFound
    return seen(SECTION)


def _tested(webhook_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    try:
        webhook_service.test(service, who, webhook_id)
    except DomainError as no:
        if not isinstance(no, Conflict):
            raise
        return settings.shown(service, who, status_of(no), webhooks=problem_of(no))
    return seen(f"{HERE}/{webhook_id}")


@router.get(HERE + "/{webhook_id}")
def log(webhook_id: str, service: ServiceDep, who: ManagerDep, page: PagingDep) -> Response:
    """What was sent and what came of it, newest first."""
    hook = webhook_service.find(service, who, webhook_id)
    sent, last = webhook_service.sent(service, who, webhook_id, page)
    deliveries = [delivery_view(delivery, next_try) for delivery, next_try in sent]
    older = f"{HERE}/{webhook_id}?cursor={text_of(last)}" if last else None
    here = f"{HERE}/{webhook_id}"
    return workspace("webhook.html", who, settings.HERE, hook=hook, deliveries=deliveries, older=older, address=here)


@router.post(HERE + "/{webhook_id}/deliveries/{delivery_id}")
def redeliver(webhook_id: str, delivery_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """Send one once more."""
    webhook_service.redeliver(service, who, webhook_id, delivery_id)
    return seen(f"{HERE}/{webhook_id}")
