"""The challenges on offer, and how far candidates come in each."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app.errors import NotFound
from app.pages.candidate.brief import brief, rubric
from app.pages.workspace.frame import ReaderDep, workspace
from app.store.funnel import funnel
from app.web.auth import ServiceDep

router = APIRouter(include_in_schema=False)
HERE = "/work/challenges"


@router.get(HERE)
def index(service: ServiceDep, who: ReaderDep) -> Response:
    """Each challenge with its funnel."""
    with service.engine.connect() as connection:
        rows = [
            (service.ports.challenge(name), funnel(connection, who.org_id, name)) for name in service.ports.challenges()
        ]
    return workspace("challenges.html", who, HERE, rows=rows)


@router.get(HERE + "/{challenge_id}")
def show(challenge_id: str, service: ServiceDep, who: ReaderDep) -> Response:
    """The funnel, the brief and the rubric as candidates read them."""
    if challenge_id not in service.ports.challenges():
        raise NotFound
    challenge = service.ports.challenge(challenge_id)
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
