"""Files about all candidates of the organisation."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from app.candidates import spreadsheet
from app.ports import Service
from app.rights import Principal, Right
from app.store import audit
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/exports", tags=["exports"])
ExporterDep = Annotated[Principal, Depends(need(Right.EXPORT))]


@router.get("/candidates.json", summary="All candidates, JSON", responses=problems(401, 403))
def as_json(service: ServiceDep, who: ExporterDep) -> list[dict[str, Any]]:
    """One object a candidate, newest first; null where there is nothing."""
    return _rows(service, who)


@router.get(
    "/candidates.csv",
    summary="All candidates, CSV",
    response_class=Response,
    responses={**problems(401, 403), 200: {"content": {"text/csv": {}}, "description": "RFC 4180, UTF-8."}},
)
def as_csv(service: ServiceDep, who: ExporterDep) -> Response:
    """The same rows; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    name = {"Content-Disposition": 'attachment; filename="candidates.csv"'}
    return Response(spreadsheet.as_csv(_rows(service, who)), media_type="text/csv; charset=utf-8", headers=name)


def _rows(service: Service, who: Principal) -> list[dict[str, Any]]:
    with service.engine.begin() as connection:
        found = spreadsheet.rows(connection, who.org_id)
        audit.record(connection, who, "candidates-exported", f"organisation:{who.org_id}", rows=len(found))
    return found
