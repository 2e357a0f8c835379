"""A candidate's own data: what is kept, and what they can do about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.candidates import erasure
from app.candidates.own_data import DATA_FILE, export
from app.errors import Conflict
from app.pages.candidate.visit import Visit, VisitDep, candidate_page
from app.ports import Service
from app.store import appeals, self_descriptions, submissions
from app.web.auth import ServiceDep, require_same_origin
from app.web.files import streamed
from app.web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/i/{token}/data")
def own_data(visit: VisitDep, service: ServiceDep) -> Response:
    """What is kept."""
    return _page(visit, service)


@router.get("/i/{token}/data.zip")
def take(visit: VisitDep, service: ServiceDep) -> Response:
    """All of it as a file."""
    return streamed(export(service, visit.standing.candidate, own=True), "application/zip", DATA_FILE)


@router.post("/i/{token}/erase")
def erase(
    request: Request, visit: VisitDep, service: ServiceDep, sure: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Erase who they are and what they handed in, once they have ticked that they mean it."""
    require_same_origin(request)
    if sure != "yes":
        return _page(visit, service)
    try:
        erasure.erase(service, visit.standing.candidate, visit.standing.candidate)
    except Conflict as no:
        return _page(visit, service, f"{no.detail} {no.hint}")
    return page("candidate/erased.html", organisation=visit.organisation)


def _page(visit: Visit, service: Service, refused: str = "") -> Response:
    with service.reader.connect() as connection:
        handed_in = submissions.of_owner(connection, visit.owner)
        raised = appeals.of_invitation(connection, visit.invitation.id)
        about = self_descriptions.of(connection, service.keys, visit.standing.candidate.id)
    kept = {"handed_in": handed_in, "raised": raised, "about": about}
    return candidate_page("data.html", service, visit, 409 if refused else 200, **kept, refused=refused)
