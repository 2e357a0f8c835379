"""The page an invitation opens: the task, its terms, what was handed in so far, and the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from app import deadlines, own_rows, words
from app.errors import Conflict, DomainError
from app.invitations import attempts, timing
from app.pages.candidate.brief import brief, rubric, rules
from app.pages.candidate.progress import TITLES
from app.pages.candidate.visit import Visit, VisitDep, candidate_page
from app.ports import Service
from app.submissions import pushes
from app.web.auth import ServiceDep, require_same_origin
from app.web.errors import status_of
from app.web.rendering import seen
from app.words import _

router = APIRouter(include_in_schema=False)


@router.get("/i/{token}")
def task(visit: VisitDep, service: ServiceDep) -> Response:
    """The task, its terms, the form, and what was handed in so far."""
    return task_page(service, visit)


@router.post("/i/{token}/finish")
def finish(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """The candidate is done: no more attempts, and the feedback opens."""
    return _changed(request, service, visit, lambda: attempts.finish(service, visit.standing))


@router.post("/i/{token}/extend")
def extend(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """More time, once, without a reason."""
    return _changed(request, service, visit, lambda: attempts.extend(service, visit.standing))


@router.post("/i/{token}/start")
def start(
    request: Request, visit: VisitDep, service: ServiceDep, sure: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Their time begins, once they have ticked that they mean it."""
    if sure != "yes":
        require_same_origin(request)
        return task_page(service, visit, refused=_("Tick that you want to start now. Nothing has begun yet."))
    return _changed(request, service, visit, lambda: timing.begin(service, visit.standing))


@router.post("/i/{token}/pause")
def pause(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """Their time stands still."""
    return _changed(request, service, visit, lambda: timing.pause(service, visit.standing))


@router.post("/i/{token}/resume")
def resume(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """Their time goes on."""
    return _changed(request, service, visit, lambda: timing.resume(service, visit.standing))


@router.post("/i/{token}/s/{submission_id}/choose")
def choose(submission_id: str, request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """This attempt counts."""
    return _changed(request, service, visit, lambda: attempts.choose(service, visit.standing, submission_id))


@router.get("/i/{token}/rubric")
def full_rubric(visit: VisitDep, service: ServiceDep) -> Response:
    """How each criterion is judged."""
    challenge = service.ports.challenge(visit.invitation.challenge)
    return candidate_page("rubric.html", service, visit, rules=rules(challenge))


def task_page(
    service: Service, visit: Visit, problem: DomainError | None = None, refused: str = "", **more: Any
) -> Response:
    """The page; with `problem` what was wrong with an upload, beside its field, with `verdict` what is in it, with
    `refused` why another of its forms did nothing."""
    challenge = own_rows.challenge_of(service, visit.invitation)
    terms = _terms(service, visit)
    return candidate_page(
        "invitation.html",
        service,
        visit,
        status_of(problem) if problem else 409 if refused else 200,
        brief=brief(challenge, own_rows.brief(service, visit.invitation)),
        rubric=rubric(challenge),
        problem=problem,
        refused=refused,
        titles=TITLES,
        max_upload=service.settings.max_upload,
        **(terms | {"verdict": None} | more),
    )


def _terms(service: Service, visit: Visit) -> dict[str, Any]:
    deadline, zone = visit.invitation.deadline, visit.standing.candidate.timezone
    handed_in, hours = attempts.handed_in(service, visit.standing)
    return {
        "left": visit.standing.left,
        "may_finish": visit.standing.spent > 0 and not visit.invitation.closed,
        "chosen": visit.invitation.final_submission_id,
        "handed_in": handed_in,
        "zone": zone,
        "deploy_key": pushes.public_key(service, visit.standing),
        "push": pushes.view(service, wished) if (wished := pushes.find(service, visit.standing)) else None,
        "hidden": visit.hidden,
        "timer": _timer(visit),
        **(_said(deadlines.local(deadline, zone)) if deadline else {}),
        "extra_hours": hours * visit.invitation.time_multiplier if hours and visit.standing.left else 0,
    }


def _timer(visit: Visit) -> dict[str, str] | None:
    """The timer in words: the whole time, how long a pause is, until when it stands still, and what is left."""
    invitation, zone = visit.invitation, visit.standing.candidate.timezone
    if invitation.time is None:
        return None
    pause, until, deadline = timedelta(minutes=invitation.pause_minutes), invitation.paused_until, invitation.deadline
    left = max(deadline - datetime.now(UTC), timedelta(0)) if deadline else timedelta(0)
    return {
        "time": deadlines.lasting(invitation.time),
        "pause": deadlines.lasting(pause),
        "paused_until": _said(deadlines.local(until, zone))["local"] if until else "",
        "left": deadlines.lasting(left),
    }


def _said(local: datetime) -> dict[str, str]:
    """A deadline on the candidate's clock, and in UTC with its date where that is another one."""
    utc = local.astimezone(UTC)
    here, there = (_("{day}, {time}").format(day=words.day(when), time=f"{when:%H:%M}") for when in (local, utc))
    return {"local": here, "utc": f"{utc:%H:%M}" if utc.date() == local.date() else there}


def _changed(request: Request, service: Service, visit: Visit, work: Callable[[], object]) -> Response:
    """Do `work`, and back to the page, which shows it; or the page with why nothing was done."""
    require_same_origin(request)
    try:
        work()
    except Conflict as no:
        return task_page(service, visit, refused=no.detail)
    return seen(visit.path)
