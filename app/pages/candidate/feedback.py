"""What a candidate learns of their own work, as far as app/gradings/feedback.py goes."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Response
from markupsafe import Markup

from app.artifacts import HTML, JSON, SARIF
from app.errors import NotFound
from app.gradings import feedback as seeing
from app.pages.candidate.visit import CurrentDep, Visit, VisitDep, candidate_page
from app.ports import Service
from app.store import appeals
from app.store.rows import SubmissionRow
from app.web.auth import ServiceDep
from app.web.files import report_file
from app.web.rendering import fragment
from app.words import _, language
from graders.report import html, sarif
from graders.report.schema import Document
from graders.report.words import BANDS

router = APIRouter(include_in_schema=False)


@router.get("/i/{token}/s/{submission_id}/feedback")
def feedback(visit: VisitDep, now: CurrentDep, service: ServiceDep) -> Response:
    """Band, findings and what to do next."""
    row = now[0]
    shown = readable(visit, row)
    if shown == "nothing":
        raise NotFound
    document = seeing.document(service, row, shown)
    if shown == "band":
        return candidate_page(
            "band.html",
            service,
            visit,
            submission=row,
            overall=document.overall,
            bands={band: _(name) for band, name in BANDS.items()},
        )
    actions = _actions(service, visit, row, document)
    body = html.part(
        document, "feedback" if document.status == "graded" else "failure", actions=actions, locale=language()
    )
    return candidate_page("feedback.html", service, visit, submission=row, d=document, body=body, actions=actions)


def readable(visit: Visit, row: SubmissionRow) -> seeing.Shown:
    """How much of the report of `row` its candidate may see."""
    return seeing.shown(visit.invitation, visit.organisation, row)


@router.get("/i/{token}/s/{submission_id}/{name}")
def candidate_report(name: str, visit: VisitDep, now: CurrentDep, service: ServiceDep) -> Response:
    """One file of the report as candidates may read it."""
    row = now[0]
    shown = readable(visit, row)
    if name not in FILES or shown not in seeing.DOCUMENTS:
        raise NotFound
    return report_file(FILES[name](seeing.document(service, row, shown)), name)


def _actions(service: Service, visit: Visit, row: SubmissionRow, document: Document) -> Mapping[str, Markup]:
    """By code of a finding: how its appeal stands, or the way to one."""
    with service.reader.connect() as connection:
        mine = appeals.on(connection, visit.invitation.id, row)
    codes = [finding.code for finding in document.flagged]
    codes += [document.problem.code] if document.problem else []
    context = {"visit": visit, "submission": row}
    return {
        code: Markup(fragment("candidate/_appeal.html", code=code, appeal=mine.get(code), **context))  # noqa: S704
        for code in codes
    }


def _page(document: Document) -> bytes:
    return html.render(document, locale=language()).encode()


FILES = {JSON: Document.written, HTML: _page, SARIF: sarif.written}
