"""Tracking systems: what administrators do about them, and the addresses that the systems themselves call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from app.errors import Invalid
from app.rights import Principal, Right
from app.tracking import service as tracking_service
from app.tracking.views import (
    PREFIX,
    ExchangePage,
    OrderView,
    SystemChange,
    SystemIn,
    SystemView,
    exchange_view,
    order_view,
    system_view,
)
from app.web.auth import ServiceDep, need
from app.web.errors import status_of
from app.web.openapi import problems
from app.web.paging import PagingDep, announce
from app.words import _

router = APIRouter(prefix="/api/v1/tracking-systems", tags=["tracking systems"])
#: Their shape is the systems' own, so they are no part of the description of our API.
calls = APIRouter(prefix=PREFIX, include_in_schema=False)
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


@router.get("", summary="Tracking systems", responses=problems(401, 403))
def index(service: ServiceDep, who: ManagerDep) -> list[SystemView]:
    """All of them, the oldest first."""
    return [system_view(service.settings, system) for system in tracking_service.all_systems(service, who)]


@router.post("", status_code=201, summary="Connect a tracking system", responses=problems(401, 403, 422))
def add(new: SystemIn, response: Response, service: ServiceDep, who: ManagerDep) -> SystemView:
    """Its key is in this answer and shown never again."""
    system, key = tracking_service.add(service, who, new)
    response.headers["Location"] = f"{router.prefix}/{system.id}"
    return system_view(service.settings, system, key)


@router.get("/{system_id}", summary="One tracking system", responses=problems(401, 403, 404))
def show(system_id: str, service: ServiceDep, who: ManagerDep) -> SystemView:
    """Without its key."""
    return system_view(service.settings, tracking_service.find(service, who, system_id))


@router.patch("/{system_id}", summary="Change a tracking system", responses=problems(401, 403, 404, 422))
def change(system_id: str, body: SystemChange, service: ServiceDep, who: ManagerDep) -> SystemView:
    """Another domain, policy, deadline or key of theirs; disabled or enabled."""
    return system_view(service.settings, tracking_service.change(service, who, system_id, body))


@router.delete("/{system_id}", status_code=204, summary="Remove a tracking system", responses=problems(401, 403, 404))
def remove(system_id: str, service: ServiceDep, who: ManagerDep) -> None:
    """With its orders and its log; the invitations stay."""
    tracking_service.remove(service, who, system_id)


@router.post("/{system_id}/rotate", summary="Make a new key", responses=problems(401, 403, 404))
def rotate(system_id: str, service: ServiceDep, who: ManagerDep) -> SystemView:
    """For a day the key before opens as well."""
    system, key = tracking_service.rotate(service, who, system_id)
    return system_view(service.settings, system, key)


@router.get("/{system_id}/calls", summary="The log of calls", responses=problems(401, 403, 404, 422))
def log(
    system_id: str, request: Request, response: Response, service: ServiceDep, who: ManagerDep, page: PagingDep
) -> ExchangePage:
    """Newest first.  The Link header leads to the next page."""
    found, last = tracking_service.calls(service, who, system_id, page)
    return ExchangePage(items=[exchange_view(row) for row in found], next_cursor=announce(request, response, last))


@router.get("/{system_id}/orders", summary="Orders whose news did not arrive", responses=problems(401, 403, 404))
def troubled(system_id: str, service: ServiceDep, who: ManagerDep) -> list[OrderView]:
    """Newest first, at most 50."""
    return [order_view(order) for order in tracking_service.troubled(service, who, system_id)]


@router.post(
    "/{system_id}/orders/{order_id}/tell", status_code=202, summary="Tell once more", responses=problems(401, 403, 404)
)
def tell_again(system_id: str, order_id: str, service: ServiceDep, who: ManagerDep) -> OrderView:
    """Now, and with all retries."""
    return order_view(tracking_service.tell_again(service, who, system_id, order_id))


@calls.get("/{kind}/{call}")
async def asked(kind: str, call: str, request: Request, service: ServiceDep) -> Response:
    """A tracking system asks; its key is in the header."""
    return await _answered(service, kind, ("GET", call), request, dict(request.query_params))


@calls.post("/{kind}/{call}")
async def ordered(kind: str, call: str, request: Request, service: ServiceDep) -> Response:
    """A tracking system wants something done; its key is in the header."""
    return await _answered(service, kind, ("POST", call), request, _object(await request.body()))


async def _answered(
    service: ServiceDep, kind: str, call: tuple[str, str], request: Request, body: Mapping[str, Any]
) -> Response:
    answer = tracking_service.answer
    status, said = await to_thread.run_sync(answer, service, kind, call, request.headers, body, status_of)
    headers = {"WWW-Authenticate": 'Basic realm="Assay"'} if status == 401 else None
    return JSONResponse(said, status, headers)


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Invalid("invalid-request", _("The body of the request could not be read."))
    return body
