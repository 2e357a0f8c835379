"""Who debriefs whom: for members who assign it, and for those who do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from app import links
from app.errors import NotFound
from app.invitations import bulk
from app.invitations.bulk import Action, BulkBody
from app.invitations.views import Due
from app.mail import calendar, outbox
from app.mail.outbox import Kind
from app.names import called
from app.owned import owned
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal, hides_names
from app.store import assignments, invitations, members
from app.store.assignments import Assignment
from app.store.invitations import Filter, Standing


class DebriefIn(BaseModel):
    """When the debrief is.  A local time is read in the caller's own time zone."""

    model_config = ConfigDict(extra="forbid")

    debrief_at: Due | None = None


class InterviewerView(BaseModel):
    """Who debriefs a candidate, when, and how far their scorecard is: open, begun or submitted."""

    member_id: str
    member: str
    debrief_at: datetime | None
    card: str


class DebriefView(BaseModel):
    """A debrief of the caller's own."""

    invitation: str
    candidate: str
    challenge: str
    status: str
    debrief_at: datetime | None
    card: str
    plan: bool = Field(description="Whether there is a report to talk about.")


@dataclass(frozen=True)
class Debrief:
    """One of a member's debriefs; `name` is what they may call the candidate."""

    name: str
    standing: Standing
    assignment: Assignment


def mine(service: Service, who: Principal) -> list[Debrief]:
    """The caller's debriefs: first what is to be done, by its date.  A key has none."""
    if who.member_id is None:
        return []
    with service.reader.connect() as connection:
        blind = hides_names(who, members.organisation(connection, who.org_id).blind)
        assigned = assignments.of_member(connection, who.org_id, who.member_id)
        ids = tuple(one.invitation_id for one in assigned)
        rows = invitations.read(connection, invitations.listed(who.org_id, Filter(ids=ids)))
    known = {row.invitation.id: row for row in rows}
    return [
        Debrief(called(known[one.invitation_id], blind=blind), known[one.invitation_id], one)
        for one in assigned
        if one.invitation_id in known
    ]


def interviewers(service: Service, who: Principal, invitation_id: str) -> list[Assignment]:
    """Who debriefs a candidate, in the order in which they were assigned."""
    with service.reader.connect() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        return assignments.of_invitations(connection, [invitation_id]).get(invitation_id, [])


def assign(service: Service, who: Principal, invitation_id: str, member_id: str, debrief_at: str | None) -> str:
    """Assign one member, or change the date; why not, where nothing was changed.

    Raises Invalid for a time that has passed or somebody who may not debrief, NotFound for what is no id.
    """
    if not is_id(invitation_id) or not is_id(member_id):
        raise NotFound
    wanted = BulkBody(
        action=Action.ASSIGN, invitations=[invitation_id], members=[member_id], debrief_at=debrief_at or None
    )
    plan = bulk.run(service, who, wanted, dry_run=False)
    return plan.left_out[0].says if plan.left_out else ""


def unassign(service: Service, who: Principal, invitation_id: str, member_id: str) -> None:
    """Take a member off; a scorecard that they have begun stays.  NotFound where they are not assigned."""
    if not is_id(member_id):
        raise NotFound
    with service.engine.begin() as connection:
        standing = owned(invitations.standing, connection, invitation_id, who.org_id)
        bulk.take_interviewer(connection, who, standing, member_id)


def entry(service: Service, who: Principal, invitation_id: str) -> bytes:
    """The caller's debrief of a candidate for a calendar; NotFound where it has no date."""
    for one in mine(service, who):
        if one.standing.invitation.id == invitation_id and one.assignment.debrief_at is not None:
            link = links.to_debrief(service.settings, invitation_id)
            with service.reader.connect() as connection:
                member = members.member(connection, who.member_id or "", who.org_id)
            zone = member.timezone if member else "UTC"
            return calendar.debrief(one.assignment, one.name, zone, link, datetime.now(UTC))
    raise NotFound


def remind(connection: Connection) -> None:
    """Mail each interviewer the day before, once for each date."""
    for org_id, one in assignments.due(connection):
        about = {"invitation_id": one.invitation_id, "member_id": one.member_id}
        outbox.queue(connection, org_id, Kind.DEBRIEF, one.version, **about)
