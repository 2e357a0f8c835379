"""Submissions: hand one in, follow it, fetch its report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from app import reading, uploads
from app.api.auth import IntakeDep, ServiceDep, need
from app.api.errors import Refused, not_found
from app.api.models import problems
from app.artifacts import HTML, JSON, SARIF
from app.headers import REPORT_POLICY
from app.rights import Principal, Right
from app.store.rows import Owner, Phase, SubmissionRow
from app.views import SubmissionView, submission_view

BASE = "/api/v1/submissions"
RETRY_SECONDS = "2"
MEDIA_TYPES = {JSON: "application/json", HTML: "text/html; charset=utf-8", SARIF: "application/sarif+json"}

router = APIRouter(prefix=BASE, tags=["submissions"])

SubmitterDep = Annotated[Principal, Depends(need(Right.SUBMIT))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]

FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": ".zip .tar.gz .tgz .py .ipynb"},
                    "challenge": {"type": "string", "examples": ["ml_pipeline"]},
                },
            }
        }
    },
}


@router.post(
    "",
    status_code=202,
    summary="Hand in a submission",
    responses=problems(401, 403, 413, 422),
    openapi_extra={"requestBody": FORM},
)
async def create(
    request: Request, response: Response, service: ServiceDep, who: SubmitterDep, intake: IntakeDep
) -> SubmissionView:
    """The upload is examined at once and refused with a reason, or queued for grading.

    `Location` is where its status is; `Retry-After` says when to look, in seconds.
    """
    owner = Owner(who.org_id, api_key_id=who.api_key_id, member_id=who.member_id)
    row = await uploads.take(service, request, owner, intake)
    view = submission_view(row, [], BASE)
    response.headers.update({"Location": view.links.self, "Retry-After": RETRY_SECONDS})
    return view


Status = tuple[SubmissionRow, list[Phase]]


def current(submission_id: str, service: ServiceDep, who: ReaderDep) -> Status:
    """A submission of the caller's organisation, or 404."""
    try:
        return reading.status(service, submission_id, Owner(who.org_id))
    except reading.Gone:
        raise not_found() from None


CurrentDep = Annotated[Status, Depends(current)]


@router.get("/{submission_id}", summary="Status and phases", responses=problems(401, 403, 404))
def show(now: CurrentDep, response: Response) -> SubmissionView:
    """The state now and the phases of the current grading."""
    row, phases = now
    if not row.state.final:
        response.headers["Retry-After"] = RETRY_SECONDS
    return submission_view(row, phases, BASE)


@router.get(
    "/{submission_id}/events",
    summary="Status, live",
    response_class=EventSourceResponse,
    responses=problems(401, 403, 404),
)
async def events(now: CurrentDep, service: ServiceDep, who: ReaderDep) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events named `status`, each holding what the status endpoint answers; ends with the grading."""
    async for row, phases in reading.follow(service, now[0].id, Owner(who.org_id)):
        view = submission_view(row, phases, BASE)
        yield ServerSentEvent(data=view, event="status")


REPORTS: dict[str, Any] = {
    "content": {kind.split(";")[0]: {} for kind in MEDIA_TYPES.values()},
    "description": "The report.",
}


@router.get(
    "/{submission_id}/report",
    summary="The report, as the Accept header asks",
    responses={200: REPORTS, **problems(401, 403, 404, 406, 409)},
    response_class=Response,
)
async def report(now: CurrentDep, request: Request, service: ServiceDep) -> Response:
    """JSON unless HTML or SARIF is asked for."""
    response = await _file(now, service, accepted(request.headers.get("accept", "")))
    response.headers["Vary"] = "Accept"
    return response


@router.get(
    "/{submission_id}/{name}",
    summary="One file of the report: report.json, report.html or findings.sarif",
    responses={200: REPORTS, **problems(401, 403, 404, 409)},
    response_class=Response,
)
async def report_file(name: str, now: CurrentDep, service: ServiceDep) -> Response:
    """The file as it was stored when the grading ended."""
    wanted = {"report.sarif": SARIF}.get(name, name)
    if wanted not in MEDIA_TYPES:
        raise not_found()
    return await _file(now, service, wanted)


def accepted(header: str) -> str:
    """The name of the file that an Accept header prefers; 406 where it accepts none of them."""
    ranges = sorted((_range(part) for part in header.split(",") if part.strip()), key=lambda r: -r[1])
    offered = {kind.split(";")[0]: name for name, kind in MEDIA_TYPES.items()}
    for kind, quality in ranges or [("*/*", 1.0)]:
        if quality > 0 and kind in offered:
            return offered[kind]
        if quality > 0 and kind in ("*/*", "application/*"):
            return JSON
        if quality > 0 and kind == "text/*":
            return HTML
    raise Refused(406, "not-acceptable", f"Offered are {', '.join(offered)}.")


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (word.strip() for word in part.split(";"))
    quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return kind.lower(), float(quality)
    except ValueError:
        return kind.lower(), 0.0


async def _file(now: Status, service: ServiceDep, name: str) -> Response:
    row, _ = now
    if not row.state.reported:
        raise Refused(409, "no-report", row.problem or "The report is not there yet.", state=row.state)
    data = await run_in_threadpool(reading.result, service, row, name)
    return report_response(data, name)


def report_response(data: bytes, name: str) -> Response:
    """A stored file of a report, with headers that let it run and load nothing."""
    headers = {"Content-Security-Policy": REPORT_POLICY}
    return Response(data, media_type=MEDIA_TYPES[name], headers=headers)
