"""A candidate's own data: what is kept, and what they can do about it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.api.auth import ServiceDep
from app.pages.candidate.visit import VisitDep, candidate_page
from app.store import appeals, submissions

router = APIRouter(include_in_schema=False)


@router.get("/i/{token}/data")
def own_data(visit: VisitDep, service: ServiceDep) -> Response:
    """What is kept."""
    with service.engine.connect() as connection:
        handed_in = submissions.of_owner(connection, visit.owner)
        raised = appeals.of_invitation(connection, visit.invitation.id)
    return candidate_page("data.html", service, visit, handed_in=handed_in, raised=raised)
