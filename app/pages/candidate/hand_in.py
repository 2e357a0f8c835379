"""The form: a verdict on the file at once, and handing it in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.errors import Conflict, DomainError, Invalid
from app.invitations.own_views import RepositoryIn
from app.pages.candidate.task import task_page
from app.pages.candidate.visit import Visit, VisitDep
from app.ports import Service
from app.submissions import pushes
from app.submissions.pushes import PushIn
from app.submissions.repository import Wanted
from app.web import uploads
from app.web.auth import IntakeDep, ServiceDep, require_same_origin
from app.web.errors import status_of, too_large
from app.web.rendering import fragment, seen
from app.words import N_, _

router = APIRouter(include_in_schema=False)

BAD_ADDRESS = N_("The address must look like https://host/path or git@host:path, without spaces.")
#: The page's script asks for the part of the page that changes, by this header.
PART = "x-part"


@router.post("/i/{token}")
async def hand_in(
    request: Request, visit: VisitDep, service: ServiceDep, intake: IntakeDep, again: bool = False
) -> Response:
    """To the status page, or back to the form with what to do about the refusal.

    The same file is graded `again` only where they say so.
    """
    require_same_origin(request)
    challenge = visit.invitation.challenge
    try:
        row = await uploads.take(service, request, visit.owner, intake, challenge=challenge, new=not again)
    except (DomainError, HTTPException) as error:
        return await _answer(request, service, visit, problem=_refusal(error, service))
    return seen(f"{visit.path}/s/{row.id}")


@router.post("/i/{token}/repository")
async def from_repository(request: Request, visit: VisitDep, service: ServiceDep, intake: IntakeDep) -> Response:
    """One commit of a git repository, as the form names it."""
    require_same_origin(request)
    form = await request.form(max_fields=10, max_part_size=4000)
    given = {name: str(form.get(name, "")).strip() for name in ("url", "ref", "secret")}
    try:
        body = RepositoryIn.model_validate(given)
        wanted = Wanted(body.url, body.ref, body.secret)
        row = await uploads.fetch(service, visit.owner, intake, wanted, visit.invitation.challenge)
    except ValidationError:
        return await _answer(request, service, visit, problem=Invalid("invalid-request", _(BAD_ADDRESS)))
    except DomainError as error:
        return await _answer(request, service, visit, problem=error)
    return seen(f"{visit.path}/s/{row.id}")


@router.post("/i/{token}/push")
async def push(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """Hand in what is pushed from now on, or no more."""
    require_same_origin(request)
    form = await request.form(max_fields=10, max_part_size=4000)
    given = {name: str(form.get(name, "")).strip() for name in ("url", "branch", "kind")}
    try:
        if form.get("do") == "end":
            await run_in_threadpool(pushes.end, service, visit.standing)
        else:
            wish = PushIn.model_validate({name: value for name, value in given.items() if value})
            await run_in_threadpool(pushes.wish, service, visit.standing, wish)
    except ValidationError:
        return await _answer(request, service, visit, problem=Invalid("invalid-request", _(BAD_ADDRESS)))
    except Conflict as no:
        return await _answer(request, service, visit, problem=no)
    return seen(f"{visit.path}#hand-in")


@router.post("/i/{token}/check")
async def check(request: Request, visit: VisitDep, service: ServiceDep, intake: IntakeDep) -> Response:
    """What intake says of the file; nothing is kept and no attempt is spent."""
    require_same_origin(request)
    try:
        found = await uploads.examine(service, request, visit.owner, intake, visit.invitation.challenge)
    except (DomainError, HTTPException) as error:
        return await _answer(request, service, visit, problem=_refusal(error, service))
    return await _answer(request, service, visit, verdict=found)


def _refusal(error: DomainError | HTTPException, service: Service) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if error.status_code == 413:
        return too_large(service.settings.max_upload)
    raise error


async def _answer(request: Request, service: Service, visit: Visit, **said: Any) -> Response:
    """The verdict alone for the page's script, else the whole page with the verdict beside the field."""
    if PART in request.headers:
        problem = said.get("problem")
        shown = fragment("candidate/_verdict.html", visit=visit, **({"problem": None, "verdict": None} | said))
        return HTMLResponse(shown, status_of(problem) if problem else 200)
    return await run_in_threadpool(task_page, service, visit, **said)
