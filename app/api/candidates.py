"""What candidates do by the signed token of their invitation: the same as on their pages, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Connection

from app.api.submissions import FORM, RETRY_SECONDS
from app.appeals import service as appealing
from app.gradings import feedback, preview
from app.invitations import attempts
from app.invitations.notify import notify
from app.invitations.own_views import (
    AppealIn,
    ChoiceIn,
    OwnAppeal,
    OwnInvitation,
    OwnSubmission,
    own_appeal,
    own_invitation,
    own_submission,
)
from app.invitations.service import NotNow, Unknown
from app.mail import calendar
from app.platform.secrets import is_id
from app.ports import Service
from app.store import appeals, invitations, members, submissions
from app.store.invitations import Standing
from app.store.rows import Owner, SubmissionRow
from app.store.submissions import CHECK, GRADED
from app.submissions import reading
from app.web import uploads
from app.web.auth import IntakeDep, ServiceDep
from app.web.errors import Refused, not_found
from app.web.openapi import problems

#: The calendar entry lies beside the page that links to it.
calendar_router = APIRouter(include_in_schema=False)
router = APIRouter(prefix="/api/v1/i/{token}", tags=["candidates"])

Done = TypeVar("Done")


def opened(token: str, service: ServiceDep) -> Standing:
    """The invitation whose present link this is, a withdrawn one too; 404 where there is none."""
    with service.engine.begin() as connection:
        found = invitations.opened_by(connection, service.keys, token)
        if found is None:
            raise not_found()
        if invitations.note_opened(connection, found.invitation.id):
            notify(connection, found.candidate, "invitation.opened", found.invitation)
        return found


OpenedDep = Annotated[Standing, Depends(opened)]


def own(submission_id: str, found: OpenedDep, service: ServiceDep) -> SubmissionRow:
    """A submission or check of this invitation, or 404."""
    with service.engine.connect() as connection:
        row = submissions.find(connection, submission_id, _owner(found)) if is_id(submission_id) else None
    if row is None:
        raise not_found()
    return row


OwnDep = Annotated[SubmissionRow, Depends(own)]


@router.get("", summary="Your invitation", responses=problems(404))
def show(found: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Terms, what was handed in, and what may still be done."""
    with service.engine.connect() as connection:
        return _view(connection, found)


@router.post(
    "/submissions",
    status_code=202,
    summary="Hand in for grading",
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra={"requestBody": FORM},
)
async def hand_in(
    request: Request, response: Response, token: str, found: OpenedDep, service: ServiceDep, intake: IntakeDep
) -> OwnSubmission:
    """Spends an attempt, unless it is refused here or fails on our side."""
    return await _take(request, response, token, found, service, intake, GRADED)


@router.post(
    "/checks",
    status_code=202,
    summary="Check on public data",
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra={"requestBody": FORM},
)
async def check(
    request: Request, response: Response, token: str, found: OpenedDep, service: ServiceDep, intake: IntakeDep
) -> OwnSubmission:
    """As often as you like, one after another: the starter kit's check, run in the grader's own container."""
    return await _take(request, response, token, found, service, intake, CHECK)


@router.get("/submissions/{submission_id}", summary="A submission or check of yours", responses=problems(404))
def submission(row: OwnDep, found: OpenedDep, service: ServiceDep) -> OwnSubmission:
    """A check that has ended says what it found in `lines`."""
    said = preview.verdict(service, row) if row.kind == CHECK else None
    return own_submission(row, found, said)


@router.get("/submissions/{submission_id}/report", summary="Your feedback", responses=problems(404))
def report(row: OwnDep, found: OpenedDep, service: ServiceDep) -> dict[str, Any]:
    """After the close, as far as the organisation's policy goes: findings, or `{"band": n}`.  404 before."""
    with service.engine.connect() as connection:
        policy = members.organisation(connection, found.invitation.org_id)
    shown = feedback.shown(found.invitation, policy, row)
    try:
        document = feedback.document(service, row) if shown != "nothing" else None
    except reading.Gone:
        document = None
    if document is None:
        raise not_found()
    return document.plain() if shown == "findings" else {"band": document.overall and document.overall.band}


@router.put("/final", summary="Choose the attempt that counts", responses=problems(404, 409, 422))
def choose(body: ChoiceIn, found: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Before the close.  Null: the last valid one, which is also what counts as long as nothing is chosen."""
    wanted = body.submission_id
    if wanted is None:
        return _changed(service, found, attempts.choose_last)
    return _changed(service, found, lambda connection, one: attempts.choose(connection, one, wanted))


@router.post("/close", summary="I am done", responses=problems(404, 409))
def close(found: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Nothing more can be handed in; feedback opens as the organisation's policy says."""
    return _changed(service, found, attempts.finish)


@router.post("/extend", summary="Take the extension", responses=problems(404, 409))
def extend(found: OpenedDep, service: ServiceDep) -> OwnInvitation:
    """Once, without a reason, before the deadline."""
    return _changed(service, found, attempts.longer)


@calendar_router.get("/i/{token}/deadline.ics")
def deadline(token: str, found: OpenedDep, service: ServiceDep) -> Response:
    """The deadline for a calendar; 404 where there is none."""
    if found.invitation.deadline is None:
        raise not_found()
    title = service.ports.challenge(found.invitation.challenge).title
    entry = calendar.entry(found, title, f"{service.settings.base_url}/i/{token}", datetime.now(UTC))
    headers = {"Content-Disposition": 'attachment; filename="deadline.ics"'}
    return Response(entry, media_type="text/calendar; method=PUBLISH", headers=headers)


@router.get("/appeals", summary="Your appeals", responses=problems(404))
def own_appeals(found: OpenedDep, service: ServiceDep) -> list[OwnAppeal]:
    """The first one first, with the answers."""
    with service.engine.connect() as connection:
        return [own_appeal(one) for one in appeals.of_invitation(connection, found.invitation.id)]


@router.post("/appeals", status_code=201, summary="Appeal against a finding", responses=problems(404, 409, 422))
def appeal(body: AppealIn, found: OpenedDep, service: ServiceDep) -> OwnAppeal:
    """Of a report that you can read; once for each finding.  A person answers."""
    return own_appeal(
        answered(lambda: appealing.appeal(service, found, body.submission_id, body.code, body.words)),
    )


def answered(work: Callable[[], Done]) -> Done:
    """What `work` gives, or its refusal as an answer."""
    try:
        return work()
    except Unknown:
        raise not_found() from None
    except NotNow as no:
        raise Refused(409, no.code, str(no)) from None


async def _take(
    request: Request,
    response: Response,
    token: str,
    found: Standing,
    service: Service,
    intake: IntakeDep,
    kind: str,
) -> OwnSubmission:
    row = await uploads.take(service, request, _owner(found), intake, challenge=found.invitation.challenge, kind=kind)
    response.headers["Location"] = f"/api/v1/i/{token}/submissions/{row.id}"
    response.headers["Retry-After"] = RETRY_SECONDS
    return own_submission(row, found)


def _changed(service: Service, found: Standing, work: Callable[[Connection, str], Standing]) -> OwnInvitation:
    """Do `work` in one transaction and answer with the invitation as it is then."""

    def change() -> OwnInvitation:
        with service.engine.begin() as connection:
            return _view(connection, work(connection, found.invitation.id))

    return answered(change)


def _view(connection: Connection, found: Standing) -> OwnInvitation:
    rows = submissions.of_owner(connection, _owner(found))
    hours = None if found.invitation.closed else attempts.self_extension(connection, found)
    return own_invitation(found, rows, hours)


def _owner(found: Standing) -> Owner:
    return Owner(found.invitation.org_id, invitation_id=found.invitation.id)
