"""What a candidate learns of their own work: band and findings, as far as the organisation's policy goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from app import reading
from app.api.auth import ServiceDep
from app.api.errors import not_found
from app.api.submissions import report_response
from app.artifacts import HTML, JSON, SARIF
from app.pages.candidate.visit import CurrentDep, Visit, VisitDep, candidate_page
from app.service import Service
from app.store.rows import State, SubmissionRow
from graders.report import html, sarif
from graders.report.readers import for_reader
from graders.report.words import BANDS

router = APIRouter(include_in_schema=False)


def readable(visit: Visit, row: SubmissionRow) -> str:
    """What of an attempt's report its candidate may read: `nothing`, `band` or `findings`.

    Why code could not be run is always said; what is held back is what was judged.
    """
    if not row.state.reported:
        return "nothing"
    return "findings" if row.state is State.UNGRADED else visit.shows


@router.get("/i/{token}/s/{submission_id}/feedback")
def feedback(visit: VisitDep, now: CurrentDep, service: ServiceDep) -> Response:
    """Band, findings and what to do next."""
    row, _ = now
    shown = readable(visit, row)
    if shown == "nothing":
        raise not_found()
    document = _document(service, row)
    if shown == "band":
        return candidate_page("band.html", service, visit, submission=row, overall=document["overall"], bands=BANDS)
    body = html.part(document, "feedback" if document["status"] == "graded" else "failure")
    return candidate_page("feedback.html", service, visit, submission=row, d=document, body=body)


@router.get("/i/{token}/s/{submission_id}/{name}")
def candidate_report(name: str, visit: VisitDep, now: CurrentDep, service: ServiceDep) -> Response:
    """One file of the report as candidates may read it."""
    row, _ = now
    if name not in FILES or readable(visit, row) != "findings":
        raise not_found()
    return report_response(FILES[name](_document(service, row)), name)


def _document(service: Service, row: SubmissionRow) -> Mapping[str, Any]:
    whole: Mapping[str, Any] = json.loads(reading.result(service, row, JSON))
    return for_reader(whole, "candidate")


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def _page(document: Mapping[str, Any]) -> bytes:
    return html.render(document).encode()


def _sarif(document: Mapping[str, Any]) -> bytes:
    return _json(sarif.render(document))


FILES = {JSON: _json, HTML: _page, SARIF: _sarif}
