"""A candidate's data: all of it in one file, and its erasure; for the candidate by token, for administrators by id."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from app.candidates import erasure, holds
from app.candidates import service as candidate_service
from app.candidates.own_data import DATA_FILE, export
from app.fields import Words
from app.impact import service as impact_service
from app.impact.views import SelfDescriptionBody
from app.invitations import service as invitation_service
from app.invitations.views import CandidateChange, CandidateView, candidate_view
from app.rights import Principal, Right
from app.store.self_descriptions import SelfDescription
from app.web.auth import ServiceDep, need
from app.web.files import streamed
from app.web.openapi import problems
from app.web.visits import OpenedDep


class HoldIn(BaseModel):
    """Why the data have to be kept."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class HoldEnded(BaseModel):
    """Whether an erasure had been wished, and was done."""

    erased: bool


SELF = "/api/v1/i/{token}/self-description"
OWN, ADMIN = "/api/v1/i/{token}/data", "/api/v1/candidates/{candidate_id}"

router = APIRouter(tags=["candidates"])

InviterDep = Annotated[Principal, Depends(need(Right.INVITE))]
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]
ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "data.json and the files."}
}


@router.get(OWN, summary="All your data", response_class=StreamingResponse, responses={**problems(404), **ZIP})
def own(standing: OpenedDep, service: ServiceDep) -> Response:
    """Of all your invitations of this organisation.  What was judged is in it as far as you can see it now."""
    return streamed(export(service, standing.candidate, own=True), "application/zip", DATA_FILE)


@router.delete(OWN, status_code=204, summary="Erase all your data", responses=problems(404, 409))
def erase_own(standing: OpenedDep, service: ServiceDep) -> Response:
    """For good, of all your invitations of this organisation: this link ends too."""
    erasure.erase(service, standing.candidate, standing.candidate)
    return Response(status_code=204)


@router.get(SELF, summary="What you said of yourself", responses=problems(404))
def self_description(standing: OpenedDep, service: ServiceDep) -> SelfDescriptionBody:
    """Empty texts where you said nothing; 404 where the organisation does not ask.  Nobody else can read it."""
    return SelfDescriptionBody(**vars(impact_service.said(service, standing) or SelfDescription()))


@router.put(SELF, status_code=204, summary="Describe yourself, freely", responses=problems(404, 422))
def describe(body: SelfDescriptionBody, standing: OpenedDep, service: ServiceDep) -> None:
    """For sums over many candidates alone.  It is kept apart from your work, and has no part in its grading."""
    impact_service.say(service, standing, SelfDescription(**body.model_dump()))


@router.delete(SELF, status_code=204, summary="Take it back", responses=problems(404))
def take_back(standing: OpenedDep, service: ServiceDep) -> None:
    """Nothing of it stays but sums that were made before."""
    impact_service.take_back(service, standing)


@router.get(
    f"{ADMIN}/data",
    summary="All data of a candidate",
    response_class=StreamingResponse,
    responses={**problems(401, 403, 404), **ZIP},
)
def data(candidate_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """Of all their invitations, for answering a request of theirs."""
    file = export(service, candidate_service.find(service, who, candidate_id), own=False)
    return streamed(file, "application/zip", DATA_FILE)


@router.delete(ADMIN, status_code=204, summary="Erase a candidate", responses=problems(401, 403, 404, 409))
def erase(candidate_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """For good: files, reports, words about them, name and address.  The audit log keeps ids and times."""
    erasure.erase(service, candidate_service.find(service, who, candidate_id), who)
    return Response(status_code=204)


@router.patch(ADMIN, summary="Correct a candidate", responses=problems(401, 403, 404, 409, 422))
def correct(candidate_id: str, body: CandidateChange, service: ServiceDep, who: InviterDep) -> CandidateView:
    """Name, address or time zone, as when somebody asks for it.  Mails that are still to go use what is right now."""
    return candidate_view(invitation_service.correct(service, who, candidate_id, body))


@router.put(f"{ADMIN}/hold", status_code=204, summary="Place a legal hold", responses=problems(401, 403, 404, 409, 422))
def hold(candidate_id: str, body: HoldIn, service: ServiceDep, who: ManagerDep) -> Response:
    """Nothing of the candidate is erased until it ends; whoever asks for it is told so, and the wish is kept."""
    holds.place(service, who, candidate_id, body.reason)
    return Response(status_code=204)


@router.delete(f"{ADMIN}/hold", summary="End a legal hold", responses=problems(401, 403, 404, 409))
def end_hold(candidate_id: str, service: ServiceDep, who: ManagerDep) -> HoldEnded:
    """An erasure that was wished meanwhile is done now."""
    return HoldEnded(erased=holds.end(service, who, candidate_id))
