"""The lists of candidates that a member keeps under a name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from app.candidates import views as view_service
from app.candidates.views import ViewIn, ViewView
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/views", tags=["invitations"])
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]


@router.get("", summary="Your views", responses=problems(401, 403))
def index(service: ServiceDep, who: ReaderDep) -> list[ViewView]:
    """By name; a key has none."""
    return [ViewView(**vars(view)) for view in view_service.listed(service, who)]


@router.post("", status_code=201, summary="Keep a view", responses=problems(401, 403, 404, 409, 422))
def keep(body: ViewIn, service: ServiceDep, who: ReaderDep) -> ViewView:
    """One of the same name is replaced.  What is unknown in the query is left out.  A key has none: 404."""
    return ViewView(**vars(view_service.keep(service, who, body.name, body.query)))


@router.delete("/{view_id}", status_code=204, summary="Forget a view", responses=problems(401, 403, 404))
def remove(view_id: str, service: ServiceDep, who: ReaderDep) -> None:
    """Your own only."""
    view_service.remove(service, who, view_id)
