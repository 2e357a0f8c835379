"""Webhooks of the organisation: where they point, what they hear, what was sent to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems
from app.web.paging import PagingDep, announce
from app.webhooks import service as webhook_service
from app.webhooks.views import (
    DeliveryPage,
    DeliveryView,
    WebhookChange,
    WebhookIn,
    WebhookView,
    delivery_view,
    webhook_view,
)

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


@router.get("", summary="Webhooks", responses=problems(401, 403))
def index(service: ServiceDep, who: ManagerDep) -> list[WebhookView]:
    """All of them, the oldest first."""
    return [webhook_view(hook) for hook in webhook_service.all_webhooks(service, who)]


@router.post("", status_code=201, summary="Add a webhook", responses=problems(401, 403, 422))
def add(new: WebhookIn, response: Response, service: ServiceDep, who: ManagerDep) -> WebhookView:
    """Its secret is in this answer and shown never again; verify with any library for Standard Webhooks."""
    hook, secret = webhook_service.add(service, who, new)
    response.headers["Location"] = f"{router.prefix}/{hook.id}"
    return webhook_view(hook, secret)


@router.get("/{webhook_id}", summary="One webhook", responses=problems(401, 403, 404))
def show(webhook_id: str, service: ServiceDep, who: ManagerDep) -> WebhookView:
    """Without its secret."""
    return webhook_view(webhook_service.find(service, who, webhook_id))


@router.patch("/{webhook_id}", summary="Change a webhook", responses=problems(401, 403, 404, 422))
def change(webhook_id: str, body: WebhookChange, service: ServiceDep, who: ManagerDep) -> WebhookView:
    """Another URL, other events, disabled or enabled."""
    return webhook_view(webhook_service.change(service, who, webhook_id, body))


@router.delete("/{webhook_id}", status_code=204, summary="Remove a webhook", responses=problems(401, 403, 404))
def remove(webhook_id: str, service: ServiceDep, who: ManagerDep) -> None:
    """With its delivery log."""
    webhook_service.remove(service, who, webhook_id)


@router.post("/{webhook_id}/rotate", summary="Make a new secret", responses=problems(401, 403, 404))
def rotate(webhook_id: str, service: ServiceDep, who: ManagerDep) -> WebhookView:
    """For a day deliveries carry the signatures of both secrets, so that the receiver can change over in peace."""
    return webhook_view(*webhook_service.rotate(service, who, webhook_id))


@router.post("/{webhook_id}/test", status_code=202, summary="Send a test event", responses=problems(401, 403, 404, 409))
def test(webhook_id: str, service: ServiceDep, who: ManagerDep) -> DeliveryView:
    """`webhook.test`, whatever the webhook listens to."""
    return delivery_view(*webhook_service.test(service, who, webhook_id))


@router.get("/{webhook_id}/deliveries", summary="What was sent", responses=problems(401, 403, 404, 422))
def log(
    webhook_id: str, request: Request, response: Response, service: ServiceDep, who: ManagerDep, page: PagingDep
) -> DeliveryPage:
    """Newest first.  The Link header leads to the next page."""
    sent, last = webhook_service.sent(service, who, webhook_id, page)
    items = [delivery_view(delivery, next_try) for delivery, next_try in sent]
    return DeliveryPage(items=items, next_cursor=announce(request, response, last))


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    summary="Send it once more",
    responses=problems(401, 403, 404, 409),
)
def redeliver(webhook_id: str, delivery_id: str, service: ServiceDep, who: ManagerDep) -> DeliveryView:
    """The same body under the same `webhook-id`, now, and with all its retries."""
    return delivery_view(*webhook_service.redeliver(service, who, webhook_id, delivery_id))
