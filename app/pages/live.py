"""The candidate's side of a debrief: a file of their own work, a prediction, and what a change of it did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from app.errors import DomainError, Invalid, Stale
from app.live import service as live_service
from app.live.views import Draft, Place
from app.pages.exercise import chosen, events, parts
from app.pages.workspace.frame import problem_of
from app.ports import Service
from app.store.live import CANDIDATE, Exercise
from app.web.auth import ReadsDep, ServiceDep, require_same_origin
from app.web.errors import status_of
from app.web.live import ChangedExercise, HubDep, OpenedExercise
from app.web.rendering import page, seen
from app.words import _

router = APIRouter(include_in_schema=False)


@router.get("/l/{token}")
def show(token: str, exercise: OpenedExercise, service: ServiceDep, file: str = "") -> Response:
    """The task, the file, the runs."""
    return _page(service, token, exercise, file)


@router.post("/l/{token}")
async def change(request: Request, token: str, exercise: ChangedExercise, service: ServiceDep) -> Response:
    """Keep what was typed, and run it or stop the run where that was the button."""
    require_same_origin(request)
    return await run_in_threadpool(_change, service, token, exercise, await request.form(max_fields=10))


def with_room(exercise: OpenedExercise, hub: HubDep) -> Exercise:
    """The exercise, where one page more may follow it."""
    hub.require_room(exercise.id)
    return exercise


@router.get("/l/{token}/events", response_class=EventSourceResponse)
async def follow(
    exercise: Annotated[Exercise, Depends(with_room)], hub: HubDep, reads: ReadsDep
) -> AsyncIterator[ServerSentEvent]:
    """The parts of the page at every change."""
    async for event in events(hub, reads, exercise.id, CANDIDATE):
        yield event


def _change(service: Service, token: str, exercise: Exercise, form: FormData) -> Response:
    given = {name: str(form.get(name, "")) for name in ("path", "version", "text", "prediction")}
    try:
        if form.get("do") == "stop":
            live_service.stop(service, exercise)
        live_service.keep(service, exercise, _draft(given))
        live_service.point(service, exercise, CANDIDATE, Place(path=given["path"]))  # who has no script is there too
        if form.get("do") == "run":
            live_service.run(service, exercise)
    except DomainError as no:
        typed = given if isinstance(no, Stale | Invalid) else None
        return _page(service, token, exercise, given["path"], no, typed)
    return seen(f"/l/{token}?{urlencode({'file': given['path']})}{'' if form.get('do') == 'keep' else '#runs'}")


def _draft(given: dict[str, str]) -> Draft:
    try:
        return Draft.model_validate(given)
    except ValidationError:
        raise Invalid(
            "invalid-request", _("The text is too long, or holds a character that cannot be stored.")
        ) from None


def _page(
    service: Service,
    token: str,
    exercise: Exercise,
    path: str,
    problem: DomainError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    """The page; with `typed` what could not be kept is in it still."""
    now = live_service.now(service, exercise.id)
    file = chosen(now, path)
    return page(
        "live/candidate.html",
        status_of(problem) if problem else 200,
        place=f"/l/{token}",
        api=f"/api/v1/l/{token}",
        problem=problem_of(problem) if problem else "",
        typed=typed or {},
        **parts(now, CANDIDATE, file),
    )
