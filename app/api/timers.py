"""Timers of challenges: how long candidates have from their own start."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from app.invitations import timing
from app.invitations.timing import TimerIn
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/timers", tags=["challenges"])

ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


class ChallengeTimer(BaseModel):
    """The timer of a challenge, before any accommodation."""

    challenge: str
    minutes: int
    pauses: int
    pause_minutes: int


@router.get("", summary="List timers", responses=problems(401, 403))
def index(service: ServiceDep, who: ReaderDep) -> list[ChallengeTimer]:
    """Those of challenges that have one."""
    return [ChallengeTimer(**vars(timer)) for timer in timing.of_challenges(service, who)]


@router.put("/{challenge_id}", summary="Set a timer", responses=problems(401, 403, 404, 422))
def put(challenge_id: str, body: TimerIn, service: ServiceDep, who: ManagerDep) -> ChallengeTimer:
    """For invitations that are made from now on; those that exist keep their terms."""
    return ChallengeTimer(**vars(timing.set_timer(service, who, challenge_id, body)))


@router.delete("/{challenge_id}", status_code=204, summary="Remove a timer", responses=problems(401, 403, 404))
def remove(challenge_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """New invitations have none."""
    timing.remove_timer(service, who, challenge_id)
    return Response(status_code=204)
