"""What administrators send about tracking systems and see of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.platform.settings import Settings
from app.store.tracking import Exchange, Order, System
from app.tracking.adapters import ADAPTERS

PREFIX = "/api/v1/tracking"
Kind = Literal["greenhouse", "ashby"]
Tells = Literal["nothing", "band", "points"]
Domain = Annotated[
    str, StringConstraints(max_length=253, to_lower=True, pattern=r"^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}$")
]
Key = Annotated[str, StringConstraints(max_length=500, pattern=r"^[!-9;-~]*$")]


class SystemIn(BaseModel):
    """`domain`: only hosts in it are told anything.  `tells`: what a result shows besides that it is there."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    domain: Domain | None = Field(None, description="Left out: the system's own.", examples=["greenhouse.io"])
    tells: Tells = "nothing"
    days: int | None = Field(14, ge=1, le=365, description="Days until the deadline of a new candidate; null: none.")
    their_key: Key | None = Field(None, description="The key that the system's own API asks for; Ashby has one.")


class SystemChange(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    domain: Domain | None = None
    tells: Tells | None = None
    days: int | None = Field(None, ge=0, le=365, description="0: no deadline.")
    their_key: Key | None = None
    disabled: bool | None = Field(None, description="While it is, its key opens nothing and it is told nothing.")


class SystemView(BaseModel):
    """A connected system.  `key` is there only in the answer that made it or rotated it."""

    id: str
    kind: Kind
    domain: str
    tells: Tells
    days: int | None
    addresses: dict[str, str] = Field(description="By call: what the tracking system is to be given.")
    has_their_key: bool
    created_at: datetime
    seen_at: datetime | None = Field(description="When it last called.")
    disabled_at: datetime | None
    old_until: datetime | None = Field(description="Until then the key before the last rotation opens as well.")
    key: str | None = None


class ExchangeView(BaseModel):
    """One call; `ours` says who called whom."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    ours: bool
    call: str
    status: int | None
    problem: str | None
    created_at: datetime


class ExchangePage(BaseModel):
    """Calls, newest first; `next_cursor` is null on the last page."""

    items: list[ExchangeView]
    next_cursor: str | None


class OrderView(BaseModel):
    """An order whose news did not arrive."""

    id: str
    invitation_id: str
    problem: str | None
    given_up: bool
    created_at: datetime


def system_view(settings: Settings, system: System, key: str | None = None) -> SystemView:
    """A system for administrators."""
    base = f"{settings.base_url}{PREFIX}/{system.kind}"
    names = list(dict.fromkeys(name for _method, name in ADAPTERS[system.kind].calls))
    shown = {name: getattr(system, name) for name in SystemView.model_fields if hasattr(system, name)}
    addresses = {name: f"{base}/{name}" for name in names}
    return SystemView(**shown, addresses=addresses, has_their_key=system.their_key is not None, key=key)


def exchange_view(exchange: Exchange) -> ExchangeView:
    return ExchangeView.model_validate(exchange)


def order_view(order: Order) -> OrderView:
    shown = {name: getattr(order, name) for name in ("id", "invitation_id", "problem", "created_at")}
    return OrderView(**shown, given_up=order.given_up_at is not None)
