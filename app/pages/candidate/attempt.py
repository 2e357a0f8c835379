"""One attempt: how its grading goes, live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.artifacts import JSON
from app.pages.candidate.feedback import readable
from app.pages.candidate.progress import lasting, progress
from app.pages.candidate.visit import CurrentDep, Status, Visit, VisitDep, candidate_page
from app.platform import queue
from app.ports import Service
from app.store import durations
from app.store.rows import State
from app.submissions import reading
from app.submissions import service as submission_service
from app.web.auth import ServiceDep
from app.web.rendering import fragment
from graders.report.schema import Document

router = APIRouter(include_in_schema=False)


@router.get("/i/{token}/s/{submission_id}")
def status_page(visit: VisitDep, now: CurrentDep, service: ServiceDep) -> Response:
    """How the grading goes, and the way to the feedback."""
    repository = submission_service.repository(service, now[0].id)
    return candidate_page("status.html", service, visit, repository=repository, **_status(service, visit, now))


@router.get("/i/{token}/s/{submission_id}/events", response_class=EventSourceResponse)
async def status_events(visit: VisitDep, now: CurrentDep, service: ServiceDep) -> AsyncIterator[ServerSentEvent]:
    """The same fragment that the page was made with, at every change."""
    async for row, phases in reading.follow(service, now[0].id, visit.owner):
        html = fragment("candidate/_status.html", visit=visit, **_status(service, visit, (row, phases)))
        yield ServerSentEvent(raw_data=html, event="status")


def _status(service: Service, visit: Visit, now: Status) -> dict[str, Any]:
    row, phases = now
    usual, failed, ahead = None, None, None
    if not row.state.final:
        with service.reader.connect() as connection:
            usual = durations.usual(connection, row.challenge)
            ahead = queue.ahead(connection, row.id) if row.state is State.QUEUED else None
    elif row.state is State.UNGRADED:
        runs = Document.model_validate_json(reading.result(service, row, JSON)).runs
        failed = next((run.name for run in runs if run.exit != "ok"), None)
    return {
        "submission": row,
        "progress": progress(row, phases, service.ports.phases, usual, failed),
        "readable": readable(visit, row),
        "longest": service.settings.grading_seconds,
        "lasting": lasting,
        "ahead": ahead,
        "most_ahead": queue.MOST_AHEAD,
    }
