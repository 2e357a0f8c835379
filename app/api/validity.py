"""The validity of one's own use: how far points agreed with cards and decisions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from app.rights import Principal, Right
from app.validity import service as validity_service
from app.validity.views import ValidityView, view
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/validity", tags=["validity"])
ExporterDep = Annotated[Principal, Depends(need(Right.EXPORT))]


@router.get("/{challenge_id}", summary="Agreement with cards and decisions", responses=problems(401, 403, 404))
def show(challenge_id: str, service: ServiceDep, who: ExporterDep) -> ValidityView:
    """Rank correlations with 95 % intervals, of all candidates of this challenge so far."""
    return view(validity_service.of_challenge(service, who, challenge_id))
