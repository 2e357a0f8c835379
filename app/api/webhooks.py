"""Webhooks of the organisation: where they point, what they hear, what was sent to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from sqlalchemy import Connection

from app.errors import NotFound
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal, Right
from app.store import audit
from app.store import webhooks as store
from app.store.record_tables import deliveries
from app.store.webhooks import Delivery, Webhook
from app.web.auth import ServiceDep, need
from app.web.errors import Refused
from app.web.openapi import problems
from app.web.paging import Cursor, PagingDep, announce
from app.webhooks import EVENTS, address, sign
from app.webhooks.events import defer_delivery, emit_test

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


def _known(event: str) -> str:
    if event not in EVENTS:
        raise ValueError("this is no event of ours")
    return event


Event = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": sorted(EVENTS)})]
Events = Annotated[list[Event], Field(max_length=50, description="What it hears of; empty for everything.")]
Url = Annotated[str, StringConstraints(max_length=address.URL_MAX, pattern=r"^https?://[!-~]+$")]


class WebhookIn(BaseModel):
    """`url` must be https and lead to a public address."""

    model_config = ConfigDict(extra="forbid")

    url: Url = Field(examples=["https://hooks.example.org/assay"])
    events: Events = []


class WebhookChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    events: Events | None = None
    disabled: bool | None = Field(None, description="While it is, nothing is sent and nothing is kept for later.")


class WebhookView(BaseModel):
    """A webhook.  `secret` is there only in the answer that made it or rotated it."""

    id: str
    url: str
    events: list[Event]
    created_at: datetime
    disabled_at: datetime | None
    old_until: datetime | None = Field(description="Until then the secret before the last rotation signs as well.")
    secret: str | None = None


class DeliveryView(BaseModel):
    """One event for one webhook; `status` and `problem` are those of the last attempt."""

    id: str
    event_id: str = Field(description="The `webhook-id` header, the same in every attempt.")
    type: str
    state: Literal["delivered", "given-up", "waiting"]
    attempts: int
    status: int | None
    problem: str | None
    created_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None
    next_try_at: datetime | None


class DeliveryPage(BaseModel):
    """Deliveries, newest first; `next_cursor` is null on the last page."""

    items: list[DeliveryView]
    next_cursor: str | None


@router.get("", summary="Webhooks", responses=problems(401, 403))
def index(service: ServiceDep, who: ManagerDep) -> list[WebhookView]:
    """All of them, the oldest first."""
    with service.engine.connect() as connection:
        return [view(hook) for hook in store.of_organisation(connection, who.org_id)]


@router.post("", status_code=201, summary="Add a webhook", responses=problems(401, 403, 422))
def add(new: WebhookIn, response: Response, service: ServiceDep, who: ManagerDep) -> WebhookView:
    """Its secret is in this answer and shown never again; verify with any library for Standard Webhooks."""
    _check(service, new.url)
    with service.engine.begin() as connection:
        made = store.add(connection, who.org_id, new.url, sorted(set(new.events)))
        audit.record(connection, who, "webhook-added", f"webhook:{made.id}", events=made.events)
    response.headers["Location"] = f"{router.prefix}/{made.id}"
    return view(made, _secret(service, made))


@router.get("/{webhook_id}", summary="One webhook", responses=problems(401, 403, 404))
def show(webhook_id: str, service: ServiceDep, who: ManagerDep) -> WebhookView:
    """Without its secret."""
    with service.engine.connect() as connection:
        return view(found(connection, webhook_id, who))


@router.patch("/{webhook_id}", summary="Change a webhook", responses=problems(401, 403, 404, 422))
def change(webhook_id: str, body: WebhookChange, service: ServiceDep, who: ManagerDep) -> WebhookView:
    """Another URL, other events, disabled or enabled."""
    values: dict[str, Any] = body.model_dump(exclude_none=True)
    if body.url is not None:
        _check(service, body.url)
    with service.engine.begin() as connection:
        found(connection, webhook_id, who)
        _apply(connection, webhook_id, who, dict(values))
        if values:
            told = {name: value for name, value in values.items() if name != "url"} | {"changed": sorted(values)}
            audit.record(connection, who, "webhook-changed", f"webhook:{webhook_id}", **told)
        return view(found(connection, webhook_id, who))


def _apply(connection: Connection, webhook_id: str, who: Principal, values: dict[str, Any]) -> None:
    disabled = values.pop("disabled", None)
    if disabled:
        store.disable(connection, webhook_id, who.org_id)
    elif disabled is not None:
        values["disabled_at"] = None
    if "events" in values:
        values["events"] = sorted(set(values["events"]))
    if values:
        store.change(connection, webhook_id, who.org_id, **values)


@router.delete("/{webhook_id}", status_code=204, summary="Remove a webhook", responses=problems(401, 403, 404))
def remove(webhook_id: str, service: ServiceDep, who: ManagerDep) -> None:
    """With its delivery log."""
    with service.engine.begin() as connection:
        found(connection, webhook_id, who)
        store.remove(connection, webhook_id, who.org_id)
        audit.record(connection, who, "webhook-removed", f"webhook:{webhook_id}")


@router.post("/{webhook_id}/rotate", summary="Make a new secret", responses=problems(401, 403, 404))
def rotate(webhook_id: str, service: ServiceDep, who: ManagerDep) -> WebhookView:
    """For a day deliveries carry the signatures of both secrets, so that the receiver can change over in peace."""
    with service.engine.begin() as connection:
        found(connection, webhook_id, who)
        store.rotate(connection, webhook_id, who.org_id)
        audit.record(connection, who, "webhook-secret-rotated", f"webhook:{webhook_id}")
        hook = found(connection, webhook_id, who)
    return view(hook, _secret(service, hook))


@router.post("/{webhook_id}/test", status_code=202, summary="Send a test event", responses=problems(401, 403, 404, 409))
def test(webhook_id: str, service: ServiceDep, who: ManagerDep) -> DeliveryView:
    """`webhook.test`, whatever the webhook listens to."""
    with service.engine.begin() as connection:
        _enabled(connection, webhook_id, who)
        delivery_id = emit_test(connection, who.org_id, webhook_id)
        audit.record(connection, who, "webhook-tested", f"webhook:{webhook_id}", delivery=delivery_id)
        return _delivery(connection, delivery_id, webhook_id, who)


@router.get("/{webhook_id}/deliveries", summary="What was sent", responses=problems(401, 403, 404, 422))
def log(
    webhook_id: str, request: Request, response: Response, service: ServiceDep, who: ManagerDep, page: PagingDep
) -> DeliveryPage:
    """Newest first.  The Link header leads to the next page."""
    with service.engine.connect() as connection:
        found(connection, webhook_id, who)
        query = page.of(store.sent_to(webhook_id, who.org_id), deliveries.c.created_at, deliveries.c.id)
        rows, more = page.cut(store.read(connection, query))
        tries = store.next_tries(connection, [row.id for row in rows])
    last = Cursor(rows[-1].created_at, rows[-1].id) if more else None
    items = [_delivery_view(row, tries.get(row.id)) for row in rows]
    return DeliveryPage(items=items, next_cursor=announce(request, response, last))


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    summary="Send it once more",
    responses=problems(401, 403, 404, 409),
)
def redeliver(webhook_id: str, delivery_id: str, service: ServiceDep, who: ManagerDep) -> DeliveryView:
    """The same body under the same `webhook-id`, now, and with all its retries."""
    with service.engine.begin() as connection:
        _enabled(connection, webhook_id, who)
        _delivery(connection, delivery_id, webhook_id, who)
        store.reopen(connection, delivery_id)
        defer_delivery(connection, delivery_id)
        audit.record(connection, who, "webhook-redelivered", f"webhook:{webhook_id}", delivery=delivery_id)
        return _delivery(connection, delivery_id, webhook_id, who)


def found(connection: Connection, webhook_id: str, who: Principal) -> Webhook:
    """A webhook of one's own organisation, or 404."""
    hook = store.find(connection, webhook_id, who.org_id) if is_id(webhook_id) else None
    if hook is None:
        raise NotFound
    return hook


def view(hook: Webhook, secret: str | None = None) -> WebhookView:
    shown = {name: getattr(hook, name) for name in WebhookView.model_fields if name != "secret"}
    return WebhookView(**(shown | {"events": list(hook.events), "secret": secret}))


def _enabled(connection: Connection, webhook_id: str, who: Principal) -> None:
    if found(connection, webhook_id, who).disabled_at is not None:
        raise Refused(409, "webhook-disabled", "The webhook is disabled.", hint="Enable it first.")


def _delivery(connection: Connection, delivery_id: str, webhook_id: str, who: Principal) -> DeliveryView:
    row = store.delivery(connection, delivery_id, webhook_id, who.org_id) if is_id(delivery_id) else None
    if row is None:
        raise NotFound
    return _delivery_view(row, store.next_tries(connection, [row.id]).get(row.id))


def _delivery_view(row: Delivery, next_try: datetime | None) -> DeliveryView:
    planned = next_try if row.state == "waiting" else None
    shown = {name: getattr(row, name) for name in DeliveryView.model_fields if name != "next_try_at"}
    return DeliveryView(**shown, next_try_at=planned)


def _secret(service: Service, hook: Webhook) -> str:
    return sign.secret(service.keys, hook.id, hook.secret_version)


def _check(service: Service, url: str) -> None:
    try:
        address.check(url, private=service.settings.webhooks_to_private)
    except address.Unsafe as no:
        hint = "Give a public https address, such as https://hooks.example.org/assay."
        raise Refused(422, "bad-url", f"The address is not allowed. {no}", hint=hint) from None
