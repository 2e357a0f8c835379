"""The front door, and the pages behind an invitation's link."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.pages.candidate import (
    about_you,
    appeal,
    attempt,
    decision,
    feedback,
    files,
    hand_in,
    notice,
    own_data,
    reminders,
    task,
)
from app.web.rendering import page
from graders.report import html

router = APIRouter(include_in_schema=False)


@router.get("/")
def front() -> Response:
    """The front door, for whoever comes without an invitation."""
    return page("front.html")


@router.get("/static/report.css")
def report_style() -> Response:
    """The report's own sheet, for the pages that hold parts of it."""
    return Response(html.style(), media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


@router.get("/static/report.js")
def report_script() -> Response:
    """The report's own script, for the same pages."""
    return Response(html.script(), media_type="text/javascript", headers={"Cache-Control": "public, max-age=3600"})


for part in (task, reminders, files, hand_in, own_data, about_you, notice, decision, attempt, appeal, feedback):
    router.include_router(part.router)
