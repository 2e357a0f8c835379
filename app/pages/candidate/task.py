"""The page an invitation opens: the task, its terms, what was handed in so far, and the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from app import deadlines
from app.invitations import attempts
from app.invitations.service import NotNow, Unknown
from app.pages.candidate.brief import brief, rubric, rules
from app.pages.candidate.progress import TITLES
from app.pages.candidate.visit import Visit, VisitDep, candidate_page
from app.platform.secrets import is_id
from app.ports import Service
from app.store import submissions
from app.web.auth import ServiceDep, require_same_origin
from app.web.errors import Refused, not_found
from app.web.rendering import seen

router = APIRouter(include_in_schema=False)


@router.get("/i/{token}")
def task(visit: VisitDep, service: ServiceDep) -> Response:
    """The task, its terms, the form, and what was handed in so far."""
    return task_page(service, visit)


@router.post("/i/{token}/finish")
def finish(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """The candidate is done: no more attempts, and the feedback opens."""
    return _changed(request, service, visit, lambda connection: attempts.finish(connection, visit.invitation.id))


@router.post("/i/{token}/extend")
def extend(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """More time, once, without a reason."""
    return _changed(request, service, visit, lambda connection: attempts.longer(connection, visit.invitation.id))


@router.post("/i/{token}/s/{submission_id}/choose")
def choose(submission_id: str, request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """This attempt counts."""
    if not is_id(submission_id):
        raise not_found()
    return _changed(
        request, service, visit, lambda connection: attempts.choose(connection, visit.invitation.id, submission_id)
    )


@router.get("/i/{token}/rubric")
def full_rubric(visit: VisitDep, service: ServiceDep) -> Response:
    """How each criterion is judged."""
    challenge = service.ports.challenge(visit.invitation.challenge)
    return candidate_page("rubric.html", service, visit, rules=rules(challenge))


def task_page(
    service: Service, visit: Visit, problem: Refused | None = None, refused: str = "", **more: Any
) -> Response:
    """The page; with `problem` what was wrong with an upload, beside its field, with `verdict` what is in it, with
    `refused` why another of its forms did nothing."""
    challenge = service.ports.challenge(visit.invitation.challenge)
    with service.engine.connect() as connection:
        terms = _terms(connection, visit)
    return candidate_page(
        "invitation.html",
        service,
        visit,
        problem.status if problem else 409 if refused else 200,
        brief=brief(challenge),
        rubric=rubric(challenge),
        problem=problem,
        refused=refused,
        titles=TITLES,
        max_upload=service.settings.max_upload,
        **(terms | {"verdict": None} | more),
    )


def _terms(connection: Connection, visit: Visit) -> dict[str, Any]:
    deadline, zone = visit.invitation.deadline, visit.standing.candidate.timezone
    open_still = not visit.invitation.closed
    hours = attempts.self_extension(connection, visit.standing) if open_still and visit.standing.left else None
    return {
        "left": visit.standing.left,
        "may_finish": visit.standing.spent > 0 and open_still,
        "chosen": visit.invitation.final_submission_id,
        "handed_in": submissions.of_owner(connection, visit.owner),
        "zone": zone,
        **(_said(deadlines.local(deadline, zone)) if deadline else {}),
        "extra_hours": hours * visit.invitation.time_multiplier if hours else 0,
    }


def _said(local: datetime) -> dict[str, str]:
    """A deadline on the candidate's clock, and in UTC with its date where that is another one."""
    utc = local.astimezone(UTC)
    other_day = f"{utc:%A} {utc.day} {utc:%B}, " if utc.date() != local.date() else ""
    return {"local": f"{local:%A} {local.day} {local:%B}, {local:%H:%M}", "utc": f"{other_day}{utc:%H:%M}"}


def _changed(request: Request, service: Service, visit: Visit, work: Callable[[Connection], object]) -> Response:
    """Do `work`, and back to the page, which shows it; or the page with why nothing was done."""
    require_same_origin(request)
    try:
        with service.engine.begin() as connection:
            work(connection)
    except NotNow as no:
        return task_page(service, visit, refused=str(no))
    except Unknown:
        raise not_found() from None
    return seen(visit.path)
