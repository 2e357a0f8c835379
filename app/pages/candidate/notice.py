"""The notice: for the candidate whose invitation carries it, and for anybody who has its address."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.law import service as law_service
from app.pages.candidate.brief import written
from app.pages.candidate.visit import VisitDep, candidate_page
from app.web.auth import ServiceDep, require_same_origin
from app.web.rendering import page, seen

router = APIRouter(include_in_schema=False)


@router.get("/notices/{notice_id}")
def public(notice_id: str, service: ServiceDep) -> Response:
    """One published version."""
    published, organisation, challenge = law_service.in_public(service, notice_id)
    return page(
        "notice.html",
        notice=published.notice,
        organisation=organisation,
        challenge=challenge,
        text=written(published.notice.text),
    )


@router.get("/i/{token}/notice")
def show(visit: VisitDep, service: ServiceDep) -> Response:
    """The notice of the invitation; that it was shown is kept."""
    notice, reading = law_service.shown(service, visit.standing)
    return candidate_page(
        "notice.html", service, visit, notice=notice, text=written(notice.text), read=reading and reading.read_at
    )


@router.post("/i/{token}/notice")
def read(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """The candidate says that they have read it."""
    require_same_origin(request)
    law_service.read(service, visit.standing)
    return seen(visit.path)
