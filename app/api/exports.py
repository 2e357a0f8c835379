"""Files about the candidates of a list: the filters, columns and rights are those of the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from app.api.invitations import FilterDep
from app.candidates import service as candidate_service
from app.candidates import spreadsheet
from app.invitations.bulk import MOST
from app.rights import Principal, Right
from app.store.invitations import Filter, Sort
from app.web.auth import ServiceDep, need
from app.web.files import attachment
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/exports", tags=["exports"])
ExporterDep = Annotated[Principal, Depends(need(Right.EXPORT))]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def listed(
    only: FilterDep,
    invitation: Annotated[list[str] | None, Query(max_length=MOST, description="These alone.")] = None,
) -> Filter:
    """The filters of the list, or some of it by id."""
    return replace(only, ids=tuple(invitation)) if invitation else only


ListedDep = Annotated[Filter, Depends(listed)]
SortDep = Annotated[Sort, Query()]


@router.get(
    "/candidates.json",
    summary="Candidates, JSON",
    response_model=list[dict[str, Any]],
    responses=problems(401, 403, 409, 422),
)
def as_json(service: ServiceDep, who: ExporterDep, only: ListedDep, sort: SortDep = Sort.NEWEST) -> Response:
    """One object a candidate, with the filters of `GET /invitations`; null where there is nothing."""
    text = candidate_service.export(service, who, only, sort, spreadsheet.as_json)
    return Response(text, media_type="application/json")


@router.get(
    "/candidates.csv",
    summary="Candidates, CSV",
    response_class=Response,
    responses={**problems(401, 403, 409, 422), 200: {"content": {"text/csv": {}}, "description": "RFC 4180, UTF-8."}},
)
def as_csv(service: ServiceDep, who: ExporterDep, only: ListedDep, sort: SortDep = Sort.NEWEST) -> Response:
    """The same rows; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    text = candidate_service.export(service, who, only, sort, spreadsheet.as_csv)
    return attachment(text, "text/csv; charset=utf-8", "candidates.csv")


@router.get(
    "/candidates.xlsx",
    summary="Candidates, XLSX",
    response_class=Response,
    responses={**problems(401, 403, 409, 422), 200: {"content": {XLSX: {}}, "description": "Office Open XML."}},
)
def as_xlsx(service: ServiceDep, who: ExporterDep, only: ListedDep, sort: SortDep = Sort.NEWEST) -> Response:
    """The same rows; no cell is a formula or a link."""
    file = candidate_service.export(service, who, only, sort, spreadsheet.as_xlsx)

    def parts() -> Iterator[bytes]:
        with file:
            while part := file.read(2**16):
                yield part

    headers = {"Content-Disposition": 'attachment; filename="candidates.xlsx"'}
    return StreamingResponse(parts(), media_type=XLSX, headers=headers)
