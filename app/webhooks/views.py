"""What administrators send about webhooks and see of them and of what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from app.store.webhooks import Delivery, Webhook
from app.webhooks import address
from app.webhooks.events import EVENTS
from app.words import _


def _known(event: str) -> str:
    if event not in EVENTS:
        raise ValueError(_("it is not the name of an event"))
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

    model_config = ConfigDict(from_attributes=True)

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


def webhook_view(hook: Webhook, secret: str | None = None) -> WebhookView:
    """A webhook for administrators."""
    return WebhookView.model_validate(hook).model_copy(update={"secret": secret})


def delivery_view(delivery: Delivery, next_try: datetime | None) -> DeliveryView:
    """A delivery for administrators; `next_try` counts only while it waits."""
    planned = next_try if delivery.state == "waiting" else None
    shown = {name: getattr(delivery, name) for name in DeliveryView.model_fields if name != "next_try_at"}
    return DeliveryView(**shown, next_try_at=planned)
