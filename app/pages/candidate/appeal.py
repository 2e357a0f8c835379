"""Objecting to a finding: a form, and back to the finding with the appeal beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from app.appeals import service as appeal_service
from app.errors import Conflict, NotFound
from app.gradings import feedback
from app.pages.candidate.feedback import readable
from app.pages.candidate.visit import CurrentDep, VisitDep, candidate_page
from app.store import appeals
from app.web.auth import ServiceDep, require_same_origin
from app.web.rendering import seen
from app.words import _, language
from graders.report.translated import translated

router = APIRouter(include_in_schema=False)

MOST = 5000


def finding(code: str, visit: VisitDep, now: CurrentDep, service: ServiceDep) -> Mapping[str, Any]:
    """What is objected to, as title, code and what was said; 404 where the candidate was shown no such thing."""
    row, _ = now
    shown = readable(visit, row)
    if shown not in feedback.DOCUMENTS:
        raise NotFound
    document = translated(feedback.document(service, row, shown), language())
    if document.problem and document.problem.code == code:
        return {"code": code, "title": document.problem.message, "what": ""}
    for finding in document.flagged:
        if finding.code == code:
            return {"code": code, "title": finding.title, "what": finding.evidence[0].what if finding.evidence else ""}
    raise NotFound


FindingDep = Annotated[Mapping[str, Any], Depends(finding)]


@router.get("/i/{token}/s/{submission_id}/appeal/{code}")
def form(visit: VisitDep, now: CurrentDep, about: FindingDep, service: ServiceDep) -> Response:
    """The finding, and room to say what speaks against it; afterwards that it was sent, and how it stands."""
    with service.reader.connect() as connection:
        sent = appeals.on(connection, visit.invitation.id, now[0]).get(about["code"])
    context: dict[str, Any] = {
        "submission": now[0],
        "about": about,
        "words": "",
        "problem": "",
        "most": MOST,
        "sent": sent,
    }
    return candidate_page("appeal.html", service, visit, **context)


@router.post("/i/{token}/s/{submission_id}/appeal/{code}")
def raise_appeal(
    request: Request,
    visit: VisitDep,
    now: CurrentDep,
    about: FindingDep,
    service: ServiceDep,
    words: Annotated[str, Form()] = "",
) -> Response:
    """Confirmed where it was sent, or back to the form with what to do."""
    require_same_origin(request)
    row, said = now[0], words.replace("\r\n", "\n").replace("\0", "").strip()
    problem = _problem(said)
    if not problem:
        try:
            appeal_service.appeal(service, visit.standing, row.id, about["code"], said)
        except Conflict as no:
            problem = no.detail
    if problem:
        back = {"submission": row, "about": about, "words": said, "problem": problem, "most": MOST, "sent": None}
        return candidate_page("appeal.html", service, visit, 422, **back)
    return seen(request.url.path)


def _problem(words: str) -> str:
    if not words:
        return _("Say why the finding is wrong.")
    if len(words) <= MOST:
        return ""
    return _("Your appeal has {count} characters. Shorten it to {most}.").format(count=len(words), most=MOST)
