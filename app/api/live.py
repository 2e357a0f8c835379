"""Changing it live: tasks of a debrief that a candidate answers by changing their own work."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.live import service as live_service
from app.live import views
from app.live.service import Now
from app.live.views import (
    ChoiceView,
    Draft,
    ExerciseDetail,
    ExerciseView,
    KindsIn,
    KindView,
    LiveIn,
    LiveRunView,
    Place,
    VersionView,
)
from app.ports import Service
from app.rights import Principal, Right
from app.store.live import CANDIDATE, Exercise
from app.web.auth import ServiceDep, need
from app.web.live import ChangedExercise, OpenedExercise
from app.web.openapi import problems
from graders.live.kinds import KINDS

router = APIRouter(prefix="/api/v1", tags=["live changes"])
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
ReviewerDep = Annotated[Principal, Depends(need(Right.REVIEW))]
InviterDep = Annotated[Principal, Depends(need(Right.INVITE))]
OF_INVITATION, OF_CHALLENGE = "/invitations/{invitation_id}/live", "/challenges/{challenge_id}/live-kinds"


@router.get(OF_INVITATION, summary="Tasks to change it live", responses=problems(401, 403, 404, 409, 422, 503))
def choice(invitation_id: str, service: ServiceDep, who: ReviewerDep) -> ChoiceView:
    """What can be opened for a candidate, and what was; members with the right to read code see it."""
    offered = live_service.choice(service, who, invitation_id)
    return ChoiceView(
        kinds=list(offered.kinds),
        tasks=[views.task_view(task) for task in offered.tasks],
        without=list(offered.without),
        opened=[_view(service, exercise) for exercise in offered.opened],
    )


@router.post(OF_INVITATION, status_code=201, summary="Open a task", responses=problems(401, 403, 404, 409, 422, 503))
def open_task(
    invitation_id: str, new: LiveIn, response: Response, service: ServiceDep, who: ReviewerDep
) -> ExerciseView:
    """The candidate's link, `url`, works until somebody ends it, and three hours at most."""
    exercise = live_service.open_exercise(service, who, invitation_id, new.key)
    response.headers["Location"] = f"{router.prefix}/live/{exercise.id}"
    return _view(service, exercise)


@router.get("/live/{exercise_id}", summary="A task, its files and runs", responses=problems(401, 403, 404))
def show(exercise_id: str, service: ServiceDep, who: ReviewerDep) -> ExerciseDetail:
    """As it stands, and once it has ended as it stood."""
    exercise = live_service.find(service, who, exercise_id)
    url = live_service.link_of(service, exercise) if exercise.alive else None
    return _detail(live_service.shown_to(service, who, exercise), url)


@router.delete("/live/{exercise_id}", status_code=204, summary="End a task", responses=problems(401, 403, 404))
def end(exercise_id: str, service: ServiceDep, who: ReviewerDep) -> None:
    """The candidate's link opens nothing from now on.  What was done stays."""
    live_service.end(service, who, exercise_id)


@router.post(
    "/live/{exercise_id}/point",
    status_code=204,
    summary="Show the candidate a line",
    responses=problems(401, 403, 404, 422),
)
def point(exercise_id: str, place: Place, service: ServiceDep, who: ReviewerDep) -> None:
    """Those who have the page open see it at once."""
    live_service.point_as(service, who, exercise_id, place)


@router.get(OF_CHALLENGE, summary="Kinds of task of a challenge", responses=problems(401, 403, 404))
def kinds(challenge_id: str, service: ServiceDep, who: ReaderDep) -> list[KindView]:
    """All that there are.  Every debrief of a challenge uses the same ones."""
    return _kinds(service, who, challenge_id)


@router.put(OF_CHALLENGE, summary="Choose the kinds of task", responses=problems(401, 403, 404, 422))
def choose_kinds(challenge_id: str, new: KindsIn, service: ServiceDep, who: InviterDep) -> list[KindView]:
    """For all debriefs of the challenge from now on."""
    live_service.choose_kinds(service, who, challenge_id, new.kinds)
    return _kinds(service, who, challenge_id)


@router.get("/l/{token}", summary="Your task", responses=problems(404))
def own(exercise: OpenedExercise, service: ServiceDep) -> ExerciseDetail:
    """As the candidate sees it; 404 once it has ended."""
    return _detail(live_service.now(service, exercise.id))


@router.put("/l/{token}/draft", summary="Keep what was typed", responses=problems(404, 412, 422, 429))
def keep(exercise: ChangedExercise, draft: Draft, service: ServiceDep) -> VersionView:
    """A file and the prediction; 412 where the file was changed elsewhere since it was read."""
    return VersionView(version=live_service.keep(service, exercise, draft))


@router.post("/l/{token}/runs", status_code=202, summary="Run it", responses=problems(404, 409, 422, 429, 503))
def run(exercise: ChangedExercise, service: ServiceDep) -> LiveRunView:
    """Of the files as they are kept; refused without a prediction, with the code `prediction-missing`."""
    made = live_service.run(service, exercise)
    files = live_service.now(service, exercise.id).files
    return views.run_view(made, {file.path: file.original for file in files})


@router.post("/l/{token}/stop", status_code=204, summary="Stop the run", responses=problems(404, 429))
def stop(exercise: ChangedExercise, service: ServiceDep) -> None:
    """Nothing of it counts, and it can be run again."""
    live_service.stop(service, exercise)


@router.post("/l/{token}/point", status_code=204, summary="Show where you are", responses=problems(404, 422, 429))
def point_own(exercise: ChangedExercise, place: Place, service: ServiceDep) -> None:
    """The interviewer sees it at once."""
    live_service.point(service, exercise, CANDIDATE, place)


def _view(service: Service, exercise: Exercise) -> ExerciseView:
    return views.exercise_view(exercise, live_service.link_of(service, exercise) if exercise.alive else None)


def _detail(now: Now, url: str | None = None) -> ExerciseDetail:
    return views.exercise_detail(now.exercise, now.files, now.runs, url)


def _kinds(service: Service, who: Principal, challenge_id: str) -> list[KindView]:
    used, candidates = live_service.kinds_of(service, who, challenge_id)
    return [
        KindView(kind=kind, title=views.kind_title(kind), used=kind in used, candidates=candidates.get(kind, 0))
        for kind in KINDS
    ]
