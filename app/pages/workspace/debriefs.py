"""A member's own debriefs, and who debriefs a candidate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from app.errors import Conflict
from app.pages.workspace.frame import InviterDep, ReviewerDep, StandingDep, workspace
from app.reviews import debriefs
from app.web.auth import ServiceDep
from app.web.files import attachment
from app.web.rendering import seen

router = APIRouter(include_in_schema=False)
HERE = "/work/debriefs"
Field = Annotated[str, Form(max_length=40)]


@router.get(HERE)
def mine(service: ServiceDep, who: ReviewerDep) -> Response:
    """What the reader has to debrief, by its date, and what they have submitted."""
    own = debriefs.mine(service, who)
    todo = [one for one in own if one.assignment.card != "submitted"]
    done = [one for one in own if one.assignment.card == "submitted"]
    return workspace("debriefs.html", who, HERE, parts=(("todo", todo), ("done", done)), empty=not own)


@router.get(HERE + "/{invitation_id}/calendar.ics")
def calendar_entry(invitation_id: str, service: ServiceDep, who: ReviewerDep) -> Response:
    """The debrief for a calendar."""
    entry = debriefs.entry(service, who, invitation_id)
    return attachment(entry, "text/calendar; method=PUBLISH", "debrief.ics")


@router.post("/work/c/{invitation_id}/interviewers")
def assign(
    standing: StandingDep, service: ServiceDep, who: InviterDep, member: Field = "", debrief_at: Field = ""
) -> Response:
    """Assign a member, or change the date."""
    if why := debriefs.assign(service, who, standing.invitation.id, member, debrief_at):
        raise Conflict("not-assigned", why)
    return seen(f"/work/c/{standing.invitation.id}?did=assigned")


@router.post("/work/c/{invitation_id}/interviewers/{member_id}/remove")
def unassign(member_id: str, standing: StandingDep, service: ServiceDep, who: InviterDep) -> Response:
    """Take a member off; it can be done again."""
    debriefs.unassign(service, who, standing.invitation.id, member_id)
    return seen(f"/work/c/{standing.invitation.id}?did=unassigned")
