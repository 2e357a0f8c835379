"""The page an invitation opens: the task, its terms, what was handed in so far, and the form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from app.api.auth import ServiceDep, require_same_origin
from app.api.errors import Refused
from app.candidates import deadlines, finishing, inviting
from app.candidates.inviting import Longer, NotNow
from app.pages.candidate.brief import brief, rubric, rules
from app.pages.candidate.progress import TITLES
from app.pages.candidate.visit import Visit, VisitDep, candidate_page, seen
from app.service import Service
from app.store import extensions, invitations, submissions

router = APIRouter(include_in_schema=False)


@router.get("/i/{token}")
def task(visit: VisitDep, service: ServiceDep) -> Response:
    """The task, its terms, the form, and what was handed in so far."""
    return task_page(service, visit)


@router.post("/i/{token}/finish")
def finish(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """The candidate is done: no more attempts, and the feedback opens."""
    require_same_origin(request)
    try:
        with service.engine.begin() as connection:
            finishing.finish(connection, visit.invitation.id)
    except NotNow as no:
        return task_page(service, visit, refused=str(no))
    return seen(visit.path)


@router.get("/i/{token}/rubric")
def full_rubric(visit: VisitDep, service: ServiceDep) -> Response:
    """How each criterion is judged."""
    challenge = service.parts.challenge(visit.invitation.challenge)
    return candidate_page("rubric.html", service, visit, rules=rules(challenge))


@router.post("/i/{token}/extend")
def extend(request: Request, visit: VisitDep, service: ServiceDep) -> Response:
    """More time, once, without a reason."""
    require_same_origin(request)
    try:
        with service.engine.begin() as connection:
            _take_time(connection, visit)
    except NotNow as no:
        return task_page(service, visit, refused=str(no))
    return seen(f"{visit.path}#terms")


def task_page(
    service: Service, visit: Visit, problem: Refused | None = None, refused: str = "", **more: Any
) -> Response:
    """The page; with `problem` what was wrong with an upload, beside its field, with `verdict` what is in it, with
    `refused` why another of its forms did nothing."""
    challenge = service.parts.challenge(visit.invitation.challenge)
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
    hours = visit.organisation.self_extension_hours * visit.invitation.time_multiplier
    usable = deadline is not None and not visit.invitation.closed and visit.standing.left > 0
    return {
        "left": visit.standing.left,
        "may_finish": finishing.may_finish(visit.standing),
        "handed_in": submissions.of_owner(connection, visit.owner),
        "zone": zone,
        **(_said(deadlines.local(deadline, zone)) if deadline else {}),
        "extra_hours": hours if usable and hours and not extensions.self_given(connection, visit.invitation.id) else 0,
    }


def _said(local: datetime) -> dict[str, str]:
    """A deadline on the candidate's clock, and in UTC with its date where that is another one."""
    utc = local.astimezone(UTC)
    other_day = f"{utc:%A} {utc.day} {utc:%B}, " if utc.date() != local.date() else ""
    return {"local": f"{local:%A} {local.day} {local:%B}, {local:%H:%M}", "utc": f"{other_day}{utc:%H:%M}"}


def _take_time(connection: Connection, visit: Visit) -> None:
    invitations.hold(connection, visit.invitation.id)
    now = invitations.standing(connection, visit.invitation.id)
    assert now is not None
    if now.invitation.closed or now.invitation.deadline is None:
        raise NotNow("closed", "The invitation is closed; write to whoever invited you.")
    if extensions.self_given(connection, visit.invitation.id):
        raise NotNow("used", "You have added time once already; write to whoever invited you if you need more.")
    inviting.prolong(connection, now, Longer(extensions.SELF, hours=visit.organisation.self_extension_hours))
