"""Who debriefs whom, and the caller's own debriefs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.errors import Conflict
from app.reviews import debriefs
from app.reviews.debriefs import DebriefIn, DebriefView, InterviewerView
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.files import attachment
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1", tags=["reviews"])
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
InviterDep = Annotated[Principal, Depends(need(Right.INVITE))]
ReviewerDep = Annotated[Principal, Depends(need(Right.REVIEW))]
INTERVIEWERS = "/invitations/{invitation_id}/interviewers"


@router.get("/debriefs", summary="Your debriefs", responses=problems(401, 403))
def mine(service: ServiceDep, who: ReviewerDep) -> list[DebriefView]:
    """First what is to be done, by its date; a key has none."""
    return [
        DebriefView(
            invitation=one.standing.invitation.id,
            candidate=one.name,
            challenge=one.standing.invitation.challenge,
            status=one.standing.status,
            debrief_at=one.assignment.debrief_at,
            card=one.assignment.card,
            plan=one.standing.final is not None,
        )
        for one in debriefs.mine(service, who)
    ]


@router.get(
    "/debriefs/{invitation_id}/calendar.ics",
    summary="Your debrief, for a calendar",
    response_class=Response,
    responses={**problems(401, 403, 404), 200: {"content": {"text/calendar": {}}, "description": "RFC 5545."}},
)
def calendar_entry(invitation_id: str, service: ServiceDep, who: ReviewerDep) -> Response:
    """A later one replaces an earlier one; 404 where there is no date."""
    entry = debriefs.entry(service, who, invitation_id)
    return attachment(entry, "text/calendar; method=PUBLISH", "debrief.ics")


@router.get(INTERVIEWERS, summary="Who debriefs a candidate", responses=problems(401, 403, 404))
def interviewers(invitation_id: str, service: ServiceDep, who: ReaderDep) -> list[InterviewerView]:
    """In the order in which they were assigned."""
    return [
        InterviewerView(member_id=one.member_id, member=one.member, debrief_at=one.debrief_at, card=one.card)
        for one in debriefs.interviewers(service, who, invitation_id)
    ]


@router.put(INTERVIEWERS + "/{member_id}", summary="Assign an interviewer", responses=problems(401, 403, 404, 409, 422))
def assign(
    invitation_id: str, member_id: str, body: DebriefIn, service: ServiceDep, who: InviterDep
) -> list[InterviewerView]:
    """Or change the date.  The interviewer gets a mail the day before."""
    if why := debriefs.assign(service, who, invitation_id, member_id, body.debrief_at):
        raise Conflict("not-assigned", why)
    return interviewers(invitation_id, service, who)


@router.delete(
    INTERVIEWERS + "/{member_id}", status_code=204, summary="Take an interviewer off", responses=problems(401, 403, 404)
)
def unassign(invitation_id: str, member_id: str, service: ServiceDep, who: InviterDep) -> None:
    """A scorecard that they have begun stays."""
    debriefs.unassign(service, who, invitation_id, member_id)
