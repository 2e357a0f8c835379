"""The challenges on offer, and how far candidates come in each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Response

from app.challenges import service as challenge_service
from app.errors import Invalid, NotFound
from app.invitations import timing
from app.invitations.timing import TimerIn
from app.pages.candidate.brief import brief, rubric
from app.pages.workspace.frame import ManagerDep, ReaderDep, workspace
from app.pages.workspace.own_challenges import STATES
from app.pages.workspace.settings import valid
from app.ports import Service
from app.rights import Principal, Right
from app.store import timers
from app.store.funnel import funnel
from app.store.timers import Timer
from app.web.auth import ServiceDep
from app.web.rendering import seen
from app.words import N_, _

router = APIRouter(include_in_schema=False)
HERE = "/work/challenges"
Field = Annotated[str, Form(max_length=20)]
NOTICES = {"set": N_("The timer is set for new invitations."), "removed": N_("New invitations have no timer.")}


@router.get(HERE)
def index(service: ServiceDep, who: ReaderDep) -> Response:
    """Each challenge with its funnel; for administrators their own versions besides, whatever their state."""
    offered = challenge_service.offered(service, who.org_id)
    with service.reader.connect() as connection:
        rows = [(challenge, funnel(connection, who.org_id, challenge.id)) for challenge in offered]
    own = challenge_service.listed(service, who) if who.may(Right.MANAGE) else []
    return workspace("challenges.html", who, HERE, rows=rows, own=own, states=STATES)


@router.get(HERE + "/{challenge_id}")
def show(challenge_id: str, service: ServiceDep, who: ReaderDep, did: Annotated[str, Query()] = "") -> Response:
    """The funnel, the timer, the brief and the rubric as candidates read them."""
    return _page(service, who, challenge_id, notice=_(NOTICES[did]) if did in NOTICES else "")


@router.post(HERE + "/{challenge_id}/timer")
def set_timer(
    challenge_id: str,
    service: ServiceDep,
    who: ManagerDep,
    do: Field = "",
    minutes: Field = "",
    pauses: Field = "",
    pause_minutes: Field = "",
) -> Response:
    """Set the timer of new invitations, or remove it."""
    given = {"minutes": minutes, "pauses": pauses or "0", "pause_minutes": pause_minutes or "0"}
    try:
        if do == "remove":
            timing.remove_timer(service, who, challenge_id)
        else:
            timing.set_timer(service, who, challenge_id, valid(TimerIn, given))
    except Invalid:
        problem = _("Give whole minutes up to 20160. With pauses, say how many and how long they are.")
        return _page(service, who, challenge_id, 422, problem=problem, given=given)
    return seen(f"{HERE}/{challenge_id}?did={'removed' if do == 'remove' else 'set'}")


def _page(service: Service, who: Principal, challenge_id: str, status: int = 200, **more: Any) -> Response:
    offered = challenge_service.offered(service, who.org_id)
    challenge = next((each for each in offered if each.id == challenge_id), None)
    if challenge is None:
        raise NotFound
    with service.reader.connect() as connection:
        way = funnel(connection, who.org_id, challenge_id)
        timer = timers.find(connection, who.org_id, challenge_id)
    given = vars(timer or Timer(challenge_id, 240))
    shown = {"challenge": challenge, "funnel": way, "timer": timer, "brief": brief(challenge)}
    context = {"notice": "", "problem": "", "given": given} | more
    return workspace("challenge.html", who, HERE, status, **shown, rubric=rubric(challenge), **context)
