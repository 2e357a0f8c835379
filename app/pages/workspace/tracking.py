"""Tracking systems in the settings: connecting one, its key and policy, its orders and the log of calls."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from app.errors import DomainError, Invalid, NotFound
from app.pages.workspace import settings
from app.pages.workspace.frame import ManagerDep, Question, ask_first, problem_of, workspace
from app.ports import Service
from app.rights import Principal
from app.store.paging import Paging
from app.tracking import service as tracking_service
from app.tracking.adapters import ADAPTERS
from app.tracking.views import SystemChange, SystemIn, SystemView, system_view
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.paging import PagingDep, text_of
from app.web.rendering import seen
from app.words import N_

router = APIRouter(include_in_schema=False)
HERE = "/work/settings/tracking"
FIELDS = ("domain", "tells", "days", "their_key")
REMOVE = Question(
    N_("Remove this tracking system?"),
    N_("Its key opens nothing any more, and the log of calls is deleted. Its candidates keep their invitations."),
    N_("Remove it"),
    tracking_service.find,
)


@router.get(HERE)
def index(service: ServiceDep, who: ManagerDep) -> Response:
    """What is connected, and a form to connect another one."""
    return _index(service, who)


@router.post(HERE)
async def add(request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Connect one, and show its key this once."""
    form = await request.form(max_fields=10, max_part_size=1000)
    given = {name: str(form[name]).strip() for name in ("kind", *FIELDS) if str(form.get(name, "")).strip()}
    if "days" in form and not given.get("days"):
        given["days"] = None  # type: ignore[assignment]
    try:
        system, key = tracking_service.add(service, who, settings.valid(SystemIn, given))
    except DomainError as no:
        return _index(service, who, status_of(no), problem=problem_of(no))
    return _shown(service, who, system.id, 201, key=key)


@router.get(HERE + "/{system_id}")
def show(system_id: str, service: ServiceDep, who: ManagerDep, page: PagingDep) -> Response:
    """What to give the tracking system, what it may know, and what was said between it and us."""
    return _shown(service, who, system_id, page=page)


@router.post(HERE + "/{system_id}")
async def change(system_id: str, request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Save the form, or: a new key, off and on again, tell once more, or away with it."""
    form = await request.form(max_fields=10, max_part_size=1000)
    do, here = str(form.get("do", "")), f"{HERE}/{system_id}"
    if do == "remove" and not form.get("sure"):
        return ask_first(service, who, REMOVE, system_id, here, here, do=do)
    key = None
    try:
        match do:
            case "rotate":
                key = tracking_service.rotate(service, who, system_id)[1]
            case "remove":
                tracking_service.remove(service, who, system_id)
            case "tell":
                tracking_service.tell_again(service, who, system_id, str(form.get("order", "")))
            case "disable" | "enable":
                tracking_service.change(service, who, system_id, SystemChange(disabled=do == "disable"))
            case "save":
                given: dict[str, Any] = {name: str(form.get(name, "")).strip() for name in FIELDS}
                kept = {"days": 0} | {name: value for name, value in given.items() if value}
                tracking_service.change(service, who, system_id, settings.valid(SystemChange, kept))
            case _:
                raise NotFound
    except Invalid as no:
        return _shown(service, who, system_id, status_of(no), problem=problem_of(no))
    return _shown(service, who, system_id, key=key) if key else seen(HERE if do == "remove" else here)


def _index(service: Service, who: Principal, status: int = 200, problem: str = "") -> Response:
    systems = tracking_service.all_systems(service, who)
    secure = service.settings.base_url.startswith("https://")
    more = {"systems": systems, "adapters": ADAPTERS, "problem": problem, "secure": secure}
    return workspace("tracking.html", who, settings.HERE, status, **more)


def _shown(
    service: Service,
    who: Principal,
    system_id: str,
    status: int = 200,
    *,
    page: Paging | None = None,
    key: str | None = None,
    problem: str = "",
) -> Response:
    view: SystemView = system_view(service.settings, tracking_service.find(service, who, system_id), key)
    calls, last = tracking_service.calls(service, who, system_id, page or Paging())
    return workspace(
        "tracking_system.html",
        who,
        settings.HERE,
        status,
        system=view,
        adapter=ADAPTERS[view.kind],
        calls=calls,
        orders=tracking_service.troubled(service, who, system_id),
        older=f"{HERE}/{system_id}?cursor={text_of(last)}" if last else None,
        problem=problem,
        address=f"{HERE}/{system_id}",
    )
