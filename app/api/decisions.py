"""What a person decided about a candidate.  Nothing else in the service decides, and nothing rejects by itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from app.decisions import service as decision_service
from app.decisions.views import DecisionHistory, DecisionIn, decision_history
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/invitations/{invitation_id}/decision", tags=["decisions"])
DeciderDep = Annotated[Principal, Depends(need(Right.DECIDE))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]


@router.get("", summary="The decision", responses=problems(401, 403, 404))
def show(invitation_id: str, response: Response, service: ServiceDep, who: ReaderDep) -> DecisionHistory:
    """404 as long as nobody has decided.  The ETag is what If-Match takes."""
    found = decision_service.history(service, who, invitation_id)
    response.headers["ETag"] = f'"{found[0].version}"'
    return decision_history(found)


@router.post("", status_code=201, summary="Decide", responses=problems(401, 403, 404, 412, 422, 428))
def decide(
    invitation_id: str,
    new: DecisionIn,
    response: Response,
    service: ServiceDep,
    who: DeciderDep,
    if_match: Annotated[str | None, Header(max_length=100)] = None,
) -> DecisionHistory:
    """A new decision takes the place of an earlier one, which is kept.  If-Match says over which one it is made."""
    found = decision_service.decide(service, who, invitation_id, new, _version(if_match))
    response.headers["ETag"] = f'"{found[0].version}"'
    return decision_history(found)


def _version(if_match: str | None) -> int | None:
    """The version that an If-Match header names; one that there never is for nonsense."""
    if if_match is None:
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    return int(text) if text.isdecimal() and len(text) < 10 else -1
