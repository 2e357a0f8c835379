"""Works of a challenge that share more code than the task explains, and two of them side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.errors import Conflict, Invalid, NotFound
from app.invitations import service as invitation_service
from app.names import called
from app.organisations import service as organisation_service
from app.pages.workspace.frame import workspace
from app.ports import Service
from app.rights import Principal, Right, hides_names
from app.shared_code import service as shared_code
from app.shared_code.service import SharedPair
from app.web.auth import ServiceDep, need
from app.web.rendering import seen

router = APIRouter(include_in_schema=False)
CodeReaderDep = Annotated[Principal, Depends(need(Right.READ_CODE))]


@router.get("/work/challenges/{challenge_id}/shared-code")
def of_challenge(challenge_id: str, service: ServiceDep, who: CodeReaderDep) -> Response:
    """All pairs of a challenge that this reader may see."""
    try:
        challenge = service.challenge(challenge_id)
    except Invalid:
        raise NotFound from None
    found = shared_code.of_challenge(service, who, challenge_id)
    return _list(service, who, found, "/work/challenges", challenge=challenge, standing=None)


@router.get("/work/c/{invitation_id}/shared-code")
def of_candidate(invitation_id: str, service: ServiceDep, who: CodeReaderDep) -> Response:
    """The pairs that one candidate's work is part of."""
    standing = invitation_service.find(service, who, invitation_id)
    found = shared_code.of_invitation(service, who, invitation_id)
    challenge = service.challenge(standing.invitation.challenge)
    return _list(service, who, found, "/work", challenge=challenge, standing=standing)


@router.get("/work/c/{invitation_id}/shared-code/{other_id}")
def beside(invitation_id: str, other_id: str, service: ServiceDep, who: CodeReaderDep) -> Response:
    """Two works, passage by passage."""
    try:
        found = shared_code.beside(service, who, invitation_id, other_id)
    except Conflict:
        return seen(f"/work/c/{invitation_id}/shared-code")
    names = _names(service, who, (found.pair,))
    return workspace("shared_code_pair.html", who, "/work", found=found, names=names)


def _list(service: Service, who: Principal, found: shared_code.Found, here: str, **more: object) -> Response:
    return workspace("shared_code.html", who, here, found=found, names=_names(service, who, found.pairs), **more)


def _names(service: Service, who: Principal, pairs: tuple[SharedPair, ...]) -> dict[str, str]:
    """What this reader may call the candidates, by invitation."""
    blind = hides_names(who, organisation_service.policies(service, who).blind)
    sides = (side for pair in pairs for side in (pair.first, pair.second))
    return {side.invitation.id: called(side, blind=blind) for side in sides}
