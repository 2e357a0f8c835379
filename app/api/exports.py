"""Files about all candidates of the organisation."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from app.candidates import service as candidate_service
from app.candidates import spreadsheet
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.files import attachment
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/exports", tags=["exports"])
ExporterDep = Annotated[Principal, Depends(need(Right.EXPORT))]


@router.get("/candidates.json", summary="All candidates, JSON", responses=problems(401, 403))
def as_json(service: ServiceDep, who: ExporterDep) -> list[dict[str, Any]]:
    """One object a candidate, newest first; null where there is nothing."""
    return candidate_service.export_all(service, who)


@router.get(
    "/candidates.csv",
    summary="All candidates, CSV",
    response_class=Response,
    responses={**problems(401, 403), 200: {"content": {"text/csv": {}}, "description": "RFC 4180, UTF-8."}},
)
def as_csv(service: ServiceDep, who: ExporterDep) -> Response:
    """The same rows; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    text = spreadsheet.as_csv(candidate_service.export_all(service, who))
    return attachment(text, "text/csv; charset=utf-8", "candidates.csv")
