"""Changing it live, for members: what can be opened, one exercise as it goes, and the appendix of what was done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.errors import Conflict, Invalid
from app.invitations import service as invitation_service
from app.live import service as live_service
from app.live import views
from app.live.blind import Names, hidden_names
from app.pages.exercise import chosen, events, parts
from app.pages.workspace.frame import InviterDep, ReaderDep, ReviewerDep, StandingDep, name_for, workspace
from app.ports import Service
from app.rights import Principal
from app.store.live import Exercise
from app.web.auth import ReadsDep, ServiceDep, require_same_origin
from app.web.live import HubDep
from app.web.rendering import seen
from graders.live.kinds import KINDS

router = APIRouter(include_in_schema=False)
KINDS_PATH = "/work/challenges/{challenge_id}/live-kinds"


@router.get("/work/c/{invitation_id}/live")
def choose(standing: StandingDep, service: ServiceDep, who: ReviewerDep, about: str = "") -> Response:
    """The tasks on offer, first those of the question `about`; and the appendix of what was done."""
    done = live_service.all_of(service, who, standing.invitation.id)
    choice, problem = None, ""
    try:
        choice = live_service.choice(service, who, standing.invitation.id)
    except Conflict as no:
        problem = no.detail
    tasks = [(views.kind_title(task.kind), views.task_view(task)) for task in choice.tasks] if choice else []
    return workspace(
        "live_tasks.html",
        who,
        "/work",
        name=name_for(service, who, standing),
        standing=standing,
        choice=choice,
        tasks=sorted(tasks, key=lambda offered: offered[1].about != about),
        kinds=" · ".join(map(views.kind_title, choice.kinds)) if choice else "",
        without=" · ".join(map(views.kind_title, choice.without)) if choice else "",
        about=about,
        problem=problem,
        done=[parts(now, who.member_id or "") for now in done],
    )


@router.post("/work/c/{invitation_id}/live")
def open_task(
    request: Request,
    standing: StandingDep,
    service: ServiceDep,
    who: ReviewerDep,
    key: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Open it, and go there."""
    require_same_origin(request)
    exercise = live_service.open_exercise(service, who, standing.invitation.id, key)
    return seen(f"/work/live/{exercise.id}")


def of_member(exercise_id: str, service: ServiceDep, who: ReviewerDep) -> Exercise:
    """An exercise of the reader's organisation, or 404."""
    return live_service.find(service, who, exercise_id)


ExerciseDep = Annotated[Exercise, Depends(of_member)]


@router.get("/work/live/{exercise_id}")
def show(exercise: ExerciseDep, service: ServiceDep, who: ReviewerDep, file: str = "") -> Response:
    """The same code as the candidate sees; the interviewer reads and points."""
    now = live_service.shown_to(service, who, exercise)
    standing = invitation_service.find(service, who, exercise.invitation_id)
    return workspace(
        "live.html",
        who,
        "/work",
        name=name_for(service, who, standing),
        standing=standing,
        place=f"/work/live/{exercise.id}",
        api=f"/api/v1/live/{exercise.id}",
        link=live_service.link_of(service, exercise) if exercise.alive else "",
        typed={},
        problem="",
        **parts(now, who.member_id or "", chosen(now, file)),
    )


@router.post("/work/live/{exercise_id}/end")
def end(request: Request, exercise: ExerciseDep, service: ServiceDep, who: ReviewerDep) -> Response:
    """The candidate's link ends; what was done stays."""
    require_same_origin(request)
    live_service.end(service, who, exercise.id)
    return seen(f"/work/live/{exercise.id}")


def with_room(exercise: ExerciseDep, hub: HubDep) -> Exercise:
    """The exercise, where one page more may follow it."""
    hub.require_room(exercise.id)
    return exercise


def names_hidden(exercise: ExerciseDep, service: ServiceDep, who: ReviewerDep) -> Names:
    """What the candidate's code may not call them by for this reader."""
    return hidden_names(service, who, exercise.invitation_id)


@router.get("/work/live/{exercise_id}/events", response_class=EventSourceResponse)
async def follow(
    exercise: Annotated[Exercise, Depends(with_room)],
    names: Annotated[Names, Depends(names_hidden)],
    hub: HubDep,
    reads: ReadsDep,
    who: ReviewerDep,
) -> AsyncIterator[ServerSentEvent]:
    """The parts of the page at every change."""
    async for event in events(hub, reads, exercise.id, who.member_id or "", names):
        yield event


@router.get(KINDS_PATH)
def kinds(challenge_id: str, service: ServiceDep, who: ReaderDep, kept: str = "") -> Response:
    """Which kinds of task the debriefs of a challenge use, and how many candidates were given each."""
    return _kinds(service, who, challenge_id, kept=kept == "yes")


@router.post(KINDS_PATH)
def choose_kinds(
    request: Request,
    challenge_id: str,
    service: ServiceDep,
    who: InviterDep,
    kind: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """For all debriefs of the challenge from now on."""
    require_same_origin(request)
    try:
        live_service.choose_kinds(service, who, challenge_id, kind or [])
    except Invalid as no:
        return _kinds(service, who, challenge_id, 422, problem=no.detail)
    return seen(KINDS_PATH.format(challenge_id=challenge_id) + "?kept=yes")


def _kinds(
    service: Service, who: Principal, challenge_id: str, status: int = 200, *, kept: bool = False, problem: str = ""
) -> Response:
    used, candidates = live_service.kinds_of(service, who, challenge_id)
    return workspace(
        "live_kinds.html",
        who,
        "/work/challenges",
        status,
        challenge=service.ports.challenge(challenge_id),
        kinds=[(kind, views.kind_title(kind), kind in used, candidates.get(kind, 0)) for kind in KINDS],
        kept=kept,
        problem=problem,
    )
