"""Submissions: hand one in, follow it, fetch its report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api import reports
from app.api.reports import REPORT
from app.artifacts import HTML, JSON
from app.rights import Principal, Right
from app.store.rows import Owner, Phase, SubmissionRow
from app.submissions import reading
from app.submissions.views import SubmissionView, submission_view
from app.web import reported, uploads
from app.web.auth import IntakeDep, ServiceDep, need
from app.web.errors import Refused
from app.web.files import MEDIA_TYPES
from app.web.openapi import problems
from app.words import _

BASE = "/api/v1/submissions"
RETRY_SECONDS = "2"

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
    responses=problems(400, 401, 403, 413, 422),
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
    return reading.status(service, submission_id, Owner(who.org_id))


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


@router.get(
    "/{submission_id}/report",
    summary="The report that counts, as the Accept header asks",
    responses={**REPORT, **problems(401, 403, 404, 406, 409, 503)},
    response_class=Response,
    dependencies=[Depends(reported.reader)],
)
async def report(submission_id: str, request: Request) -> Response:
    """JSON unless HTML, SARIF or PDF is asked for."""
    found = await reported.report(request, submission_id)
    name = accepted(request.headers.get("accept", ""))
    response = await reports.answer(request, found, name)
    response.headers["Vary"] = "Accept"
    return response


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
    raise Refused(
        406,
        "not-acceptable",
        _("This form of the report does not exist. There are {offered}.").format(offered=", ".join(offered)),
    )


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (word.strip() for word in part.split(";"))
    quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return kind.lower(), float(quality)
    except ValueError:
        return kind.lower(), 0.0
