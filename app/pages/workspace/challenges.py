"""The challenges on offer, and how far candidates come in each."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.challenges import service as challenge_service
from app.errors import NotFound
from app.pages.candidate.brief import brief, rubric
from app.pages.workspace.frame import ReaderDep, workspace
from app.pages.workspace.own_challenges import STATES
from app.rights import Right
from app.store.funnel import funnel
from app.web.auth import ServiceDep

router = APIRouter(include_in_schema=False)
HERE = "/work/challenges"


@router.get(HERE)
def index(service: ServiceDep, who: ReaderDep) -> Response:
    """Each challenge with its funnel; for administrators their own versions besides, whatever their state."""
    offered = challenge_service.offered(service, who.org_id)
    with service.engine.connect() as connection:
        rows = [(challenge, funnel(connection, who.org_id, challenge.id)) for challenge in offered]
    own = challenge_service.listed(service, who) if who.may(Right.MANAGE) else []
    return workspace("challenges.html", who, HERE, rows=rows, own=own, states=STATES)


@router.get(HERE + "/{challenge_id}")
def show(challenge_id: str, service: ServiceDep, who: ReaderDep) -> Response:
    """The funnel, the brief and the rubric as candidates read them."""
    challenge = next((one for one in challenge_service.offered(service, who.org_id) if one.id == challenge_id), None)
    if challenge is None:
        raise NotFound
    with service.engine.connect() as connection:
        found = funnel(connection, who.org_id, challenge_id)
    return workspace(
        "challenge.html",
        who,
        HERE,
        challenge=challenge,
        funnel=found,
        brief=brief(challenge),
        rubric=rubric(challenge),
    )
