"""The pages: a front door, the invitation with its form, and the status of what was handed in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app import reading, uploads
from app.api.auth import IntakeDep, ServiceDep, require_same_origin
from app.api.errors import Refused, not_found, too_large
from app.api.reports import report_response
from app.artifacts import HTML, JSON, SARIF
from app.candidates import seeing
from app.pages.brief import brief, rubric
from app.pages.render import fragment, page
from app.pages.status import TITLES, progress
from app.service import Service
from app.store import invitations, people, submissions
from app.store.rows import Invitation, Owner, Phase, SubmissionRow
from graders.report import html, sarif

router = APIRouter(include_in_schema=False)


@router.get("/")
def front() -> Response:
    """The front door, for whoever comes without an invitation."""
    return page("front.html")


def invited(token: str, service: ServiceDep) -> Invitation:
    """The invitation that the address opens, or 404."""
    with service.engine.begin() as connection:
        found = invitations.opened_by(connection, service.keys, token)
        if found is None or found.invitation.revoked_at is not None:
            raise not_found()
        invitations.note_opened(connection, found.invitation.id)
        return found.invitation


InvitedDep = Annotated[Invitation, Depends(invited)]


def _owner(invitation: Invitation) -> Owner:
    return Owner(invitation.org_id, invitation_id=invitation.id)


@router.get("/i/{token}")
def invitation_page(token: str, invitation: InvitedDep, service: ServiceDep) -> Response:
    """The task, its terms, the form, and what was handed in so far."""
    return _invitation_page(service, token, invitation)


@router.get("/i/{token}/starter-kit.zip")
def starter_kit(invitation: InvitedDep, service: ServiceDep) -> Response:
    """Brief, public data, a pipeline to start from, and the check that the service itself applies."""
    challenge = service.parts.challenge(invitation.challenge)
    disposition = {"Content-Disposition": f'attachment; filename="assay-{challenge.id}.zip"'}
    return Response(service.parts.kit(challenge), media_type="application/zip", headers=disposition)


@router.post("/i/{token}")
async def hand_in(
    request: Request, token: str, invitation: InvitedDep, service: ServiceDep, intake: IntakeDep
) -> Response:
    """The form: to the status page, or back to the form with what to do about the refusal."""
    require_same_origin(request)
    owner = _owner(invitation)
    try:
        row = await uploads.take(service, request, owner, intake, challenge=invitation.challenge)
    except Refused as refused:
        problem = refused
    except HTTPException as error:
        if error.status_code != 413:
            raise
        problem = too_large(service.settings.max_upload)
    else:
        return RedirectResponse(f"/i/{token}/s/{row.id}", status_code=303)
    return await run_in_threadpool(_invitation_page, service, token, invitation, problem)


Status = tuple[SubmissionRow, list[Phase]]


def current(submission_id: str, invitation: InvitedDep, service: ServiceDep) -> Status:
    """The invitation's own submission, or 404."""
    try:
        return reading.status(service, submission_id, _owner(invitation))
    except reading.Gone:
        raise not_found() from None


CurrentDep = Annotated[Status, Depends(current)]


@router.get("/i/{token}/s/{submission_id}")
def status_page(token: str, invitation: InvitedDep, now: CurrentDep, service: ServiceDep) -> Response:
    """How the grading goes, and the way to the report."""
    title = service.parts.challenge(invitation.challenge).title
    return page("status.html", challenge_title=title, **_status(service, token, invitation, *now))


@router.get("/i/{token}/s/{submission_id}/events", response_class=EventSourceResponse)
async def status_events(
    token: str, invitation: InvitedDep, now: CurrentDep, service: ServiceDep
) -> AsyncIterator[ServerSentEvent]:
    """The same fragment that the page was made with, at every change."""
    async for row, phases in reading.follow(service, now[0].id, _owner(invitation)):
        shown = fragment("_status.html", **_status(service, token, invitation, row, phases))
        yield ServerSentEvent(raw_data=shown, event="status")


@router.get("/i/{token}/s/{submission_id}/{name}")
def candidate_report(name: str, invitation: InvitedDep, now: CurrentDep, service: ServiceDep) -> Response:
    """One file of the report as candidates may read it, once they may."""
    row, _ = now
    if name not in FILES or _shown(service, invitation, row) != "findings":
        raise not_found()
    return report_response(FILES[name](seeing.document(service, row)), name)


FILES: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {
    JSON: lambda document: json.dumps(document, indent=2, ensure_ascii=False).encode(),
    HTML: lambda document: html.render(document).encode(),
    SARIF: lambda document: json.dumps(sarif.render(document), indent=2, ensure_ascii=False).encode(),
}


def _shown(service: Service, invitation: Invitation, row: SubmissionRow) -> seeing.Shown:
    with service.engine.connect() as connection:
        return seeing.shown(invitation, people.organisation(connection, invitation.org_id), row)


def _status(
    service: Service, token: str, invitation: Invitation, row: SubmissionRow, phases: Sequence[Phase]
) -> dict[str, Any]:
    return {
        "token": token,
        "submission": row,
        "progress": progress(row, phases, service.parts.phases),
        "may_read": _shown(service, invitation, row) == "findings",
    }


def _invitation_page(service: Service, token: str, invitation: Invitation, problem: Refused | None = None) -> Response:
    challenge = service.parts.challenge(invitation.challenge)
    with service.engine.connect() as connection:
        terms = _terms(connection, invitation)
    return page(
        "invitation.html",
        problem.status if problem else 200,
        token=token,
        invitation=invitation,
        challenge=challenge,
        brief=brief(challenge),
        rubric=rubric(challenge),
        problem=problem,
        max_upload=service.settings.max_upload,
        titles=TITLES,
        **terms,
    )


def _terms(connection: Connection, invitation: Invitation) -> dict[str, Any]:
    left = invitation.attempts - submissions.spent(connection, invitation.id)
    handed_in = submissions.of_owner(connection, _owner(invitation))
    return {"left": max(left, 0), "handed_in": handed_in, "closed": invitation.closed}
