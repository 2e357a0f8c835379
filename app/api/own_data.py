"""A candidate's data: all of it in one file, and its erasure; for the candidate by token, for administrators by id."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from app.candidates import erasure
from app.candidates import service as candidate_service
from app.candidates.own_data import DATA_FILE, export
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.files import streamed
from app.web.openapi import problems
from app.web.visits import OpenedDep

OWN, ADMIN = "/api/v1/i/{token}/data", "/api/v1/candidates/{candidate_id}"

router = APIRouter(tags=["candidates"])

ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]
ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "data.json and the files."}
}


@router.get(OWN, summary="All your data", response_class=StreamingResponse, responses={**problems(404), **ZIP})
def own(standing: OpenedDep, service: ServiceDep) -> Response:
    """Of all your invitations of this organisation.  What was judged is in it as far as you can see it now."""
    return streamed(export(service, standing.candidate, own=True), "application/zip", DATA_FILE)


@router.delete(OWN, status_code=204, summary="Erase all your data", responses=problems(404))
def erase_own(standing: OpenedDep, service: ServiceDep) -> Response:
    """For good, of all your invitations of this organisation: this link ends too."""
    erasure.erase(service, standing.candidate, standing.candidate)
    return Response(status_code=204)


@router.get(
    f"{ADMIN}/data",
    summary="All data of a candidate",
    response_class=StreamingResponse,
    responses={**problems(401, 403, 404), **ZIP},
)
def data(candidate_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """Of all their invitations, for answering a request of theirs."""
    file = export(service, candidate_service.find(service, who, candidate_id), own=False)
    return streamed(file, "application/zip", DATA_FILE)


@router.delete(ADMIN, status_code=204, summary="Erase a candidate", responses=problems(401, 403, 404))
def erase(candidate_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """For good: files, reports, words about them, name and address.  The audit log keeps ids and times."""
    erasure.erase(service, candidate_service.find(service, who, candidate_id), who)
    return Response(status_code=204)
