"""What candidates do by the signed token of their invitation: the same as on their pages, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from app import links
from app.api.submissions import FORM, RETRY_SECONDS
from app.appeals import service as appeal_service
from app.appeals.views import AppealIn, OwnAppeal
from app.errors import NotFound
from app.gradings import feedback, preview
from app.invitations import attempts, timing
from app.invitations.own_views import (
    ChoiceIn,
    OwnInvitation,
    OwnSubmission,
    RepositoryIn,
    own_invitation,
    own_submission,
)
from app.mail import calendar
from app.ports import Service
from app.store.invitations import Standing
from app.store.submissions import CHECK, GRADED
from app.submissions.repository import Wanted
from app.web import uploads
from app.web.auth import IntakeDep, ServiceDep
from app.web.files import attachment
from app.web.openapi import problems
from app.web.visits import OpenedDep, OwnDep
from app.words import _

#: The calendar entry lies beside the page that links to it.
calendar_router = APIRouter(include_in_schema=False)
router = APIRouter(prefix="/api/v1/i/{token}", tags=["candidates"])


@router.get("", summary="Your invitation", responses=problems(404))
def show(standing: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Terms, what was handed in, and what may still be done."""
    return _view(service, standing)


@router.post(
    "/submissions",
    status_code=202,
    summary="Hand in for grading",
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra={"requestBody": FORM},
)
async def hand_in(
    request: Request, response: Response, token: str, standing: OpenedDep, service: ServiceDep, intake: IntakeDep
) -> OwnSubmission:
    """Spends an attempt, unless it is refused here or fails on our side."""
    return await _take(request, response, token, standing, service, intake, GRADED)


@router.post("/repositories", status_code=202, summary="Hand in from git", responses=problems(404, 409, 422, 503))
async def hand_in_repository(
    body: RepositoryIn, response: Response, token: str, standing: OpenedDep, service: ServiceDep, intake: IntakeDep
) -> OwnSubmission:
    """Fetches one commit over https.  The commit is fixed; spends an attempt as an upload does."""
    wanted = Wanted(body.url, body.ref, body.secret)
    row = await uploads.fetch(service, attempts.owner(standing), intake, wanted, standing.invitation.challenge)
    response.headers["Location"] = f"/api/v1/i/{token}/submissions/{row.id}"
    response.headers["Retry-After"] = RETRY_SECONDS
    return own_submission(row, standing)


@router.post(
    "/checks",
    status_code=202,
    summary="Check on public data",
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra={"requestBody": FORM},
)
async def check(
    request: Request, response: Response, token: str, standing: OpenedDep, service: ServiceDep, intake: IntakeDep
) -> OwnSubmission:
    """As often as you like, one after another: the starter kit's check, run in the grader's own container."""
    return await _take(request, response, token, standing, service, intake, CHECK)


@router.get("/submissions/{submission_id}", summary="A submission or check of yours", responses=problems(404))
def submission(row: OwnDep, standing: OpenedDep, service: ServiceDep) -> OwnSubmission:
    """A check that has ended says what it found in `lines`."""
    said = preview.verdict(service, row) if row.kind == CHECK else None
    return own_submission(row, standing, said, attempts.ahead(service, row))


@router.get("/submissions/{submission_id}/report", summary="Your feedback", responses=problems(404))
def report(row: OwnDep, standing: OpenedDep, service: ServiceDep) -> dict[str, Any]:
    """After the close, as far as the organisation's policy goes: findings, or `{"band": n}`.  404 before."""
    return feedback.read(service, standing.invitation, row)


@router.put("/final", summary="Choose the attempt that counts", responses=problems(404, 409, 422))
def choose(body: ChoiceIn, standing: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Before the close.  Null: the last valid one, which is also what counts as long as nothing is chosen."""
    return _view(service, attempts.choose(service, standing, body.submission_id))


@router.post("/close", summary="I am done", responses=problems(404, 409))
def close(standing: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Nothing more can be handed in; feedback opens as the organisation's policy says."""
    return _view(service, attempts.finish(service, standing))


@router.post("/extend", summary="Take the extension", responses=problems(404, 409))
def extend(standing: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Once, without a reason, before the deadline."""
    return _view(service, attempts.extend(service, standing))


@router.post("/start", summary="Start your time", responses=problems(404, 409))
def start(standing: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Once, where there is a timer: it runs from now, and the deadline is its end."""
    return _view(service, timing.begin(service, standing))


@router.post("/pause", summary="Pause", responses=problems(404, 409))
def pause(standing: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """The time stands still, as often and as long as the organisation allows; meanwhile nothing is taken."""
    return _view(service, timing.pause(service, standing))


@router.post("/resume", summary="End the pause", responses=problems(404, 409))
def resume(standing: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Before it is over by itself."""
    return _view(service, timing.resume(service, standing))


@calendar_router.get("/i/{token}/deadline.ics")
def deadline(token: str, standing: OpenedDep, service: ServiceDep) -> Response:
    """The deadline for a calendar; 404 where there is none."""
    if standing.invitation.deadline is None:
        raise NotFound
    title = _(service.ports.challenge(standing.invitation.challenge).title)
    entry = calendar.entry(standing, title, links.to_invitation(service.settings, token), datetime.now(UTC))
    return attachment(entry, "text/calendar; method=PUBLISH", "deadline.ics")


@router.get("/appeals", summary="Your appeals", responses=problems(404))
def own_appeals(standing: OpenedDep, service: ServiceDep) -> list[OwnAppeal]:
    """The first one first, with the answers."""
    return [OwnAppeal.model_validate(one) for one in appeal_service.of_invitation(service, standing)]


@router.post("/appeals", status_code=201, summary="Appeal against a finding", responses=problems(404, 409, 422))
def appeal(body: AppealIn, standing: OpenedDep, service: ServiceDep) -> OwnAppeal:
    """Of a report that you can read; once for each finding.  A person answers."""
    return OwnAppeal.model_validate(appeal_service.appeal(service, standing, body.submission_id, body.code, body.words))


async def _take(
    request: Request,
    response: Response,
    token: str,
    standing: Standing,
    service: Service,
    intake: IntakeDep,
    kind: str,
) -> OwnSubmission:
    row = await uploads.take(
        service, request, attempts.owner(standing), intake, challenge=standing.invitation.challenge, kind=kind
    )
    response.headers["Location"] = f"/api/v1/i/{token}/submissions/{row.id}"
    response.headers["Retry-After"] = RETRY_SECONDS
    return own_submission(row, standing)


def _view(service: Service, standing: Standing) -> OwnInvitation:
    rows, hours = attempts.handed_in(service, standing)
    return own_invitation(standing, rows, hours)
