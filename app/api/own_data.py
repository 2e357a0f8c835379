"""A candidate's data: all of it in one file, and its erasure; for the candidate by token, for administrators by id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from app.candidates import erasure, own_data
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal, Right
from app.store import candidates
from app.store.rows import Candidate
from app.web.auth import ServiceDep, need
from app.web.errors import not_found
from app.web.openapi import problems
from app.web.visits import OpenedDep

CHUNK = 2**16
OWN, ADMIN = "/api/v1/i/{token}/data", "/api/v1/candidates/{candidate_id}"

router = APIRouter(tags=["candidates"])

ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]
ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "data.json and the files."}
}


@router.get(OWN, summary="All your data", response_class=StreamingResponse, responses={**problems(404), **ZIP})
def own(found: OpenedDep, service: ServiceDep) -> Response:
    """Of all your invitations of this organisation.  What was judged is in it as far as you can see it now."""
    return download(service, found.candidate, own=True)


@router.delete(OWN, status_code=204, summary="Erase all your data", responses=problems(404))
def erase_own(found: OpenedDep, service: ServiceDep) -> Response:
    """For good, of all your invitations of this organisation: this link ends too."""
    erasure.erase(service, found.candidate, found.candidate)
    return Response(status_code=204)


@router.get(
    f"{ADMIN}/data",
    summary="All data of a candidate",
    response_class=StreamingResponse,
    responses={**problems(401, 403, 404), **ZIP},
)
def data(candidate_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """Of all their invitations, for answering a request of theirs."""
    return download(service, _candidate(service, candidate_id, who), own=False)


@router.delete(ADMIN, status_code=204, summary="Erase a candidate", responses=problems(401, 403, 404))
def erase(candidate_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """For good: files, reports, words about them, name and address.  The audit log keeps ids and times."""
    erasure.erase(service, _candidate(service, candidate_id, who), who)
    return Response(status_code=204)


def download(service: Service, candidate: Candidate, *, own: bool) -> StreamingResponse:
    """The export as a file; for pages too."""
    file = own_data.export(service, candidate, own=own)
    headers = {"Content-Disposition": 'attachment; filename="assay-data.zip"', "Cache-Control": "no-store"}
    return StreamingResponse(_chunks(file), media_type="application/zip", headers=headers)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _candidate(service: Service, candidate_id: str, who: Principal) -> Candidate:
    with service.engine.connect() as connection:
        found = candidates.find(connection, candidate_id, who.org_id) if is_id(candidate_id) else None
    if found is None:
        raise not_found()
    return found
