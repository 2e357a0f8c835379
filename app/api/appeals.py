"""Appeals: what candidates object to, and the answer of a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.appeals import service as appeal_service
from app.appeals.views import AnswerBody, AppealPage, AppealView
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems
from app.web.paging import PagingDep, announce

router = APIRouter(prefix="/api/v1/appeals", tags=["appeals"])
DeciderDep = Annotated[Principal, Depends(need(Right.DECIDE))]


@router.get("", summary="List appeals", responses=problems(401, 403, 422))
def index(
    request: Request,
    response: Response,
    service: ServiceDep,
    who: DeciderDep,
    page: PagingDep,
    still_open: Annotated[bool | None, Query(alias="open", description="Left out: all.")] = None,
) -> AppealPage:
    """Newest first.  The Link header leads to the next page."""
    rows, last = appeal_service.listed(service, who, page, still_open=still_open)
    return AppealPage(
        items=[AppealView.model_validate(row) for row in rows], next_cursor=announce(request, response, last)
    )


@router.get("/{appeal_id}", summary="One appeal", responses=problems(401, 403, 404))
def show(appeal_id: str, service: ServiceDep, who: DeciderDep) -> AppealView:
    """With the answer, where there is one."""
    return AppealView.model_validate(appeal_service.find(service, who, appeal_id))


@router.post("/{appeal_id}/answer", summary="Answer an appeal", responses=problems(401, 403, 404, 409, 422))
def answer(appeal_id: str, body: AnswerBody, service: ServiceDep, who: DeciderDep) -> AppealView:
    """Once.  The candidate gets a mail, and reads the answer on their page."""
    return AppealView.model_validate(appeal_service.resolve(service, who, appeal_id, body.resolution, body.answer))
