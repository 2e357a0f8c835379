"""What all pages of a candidate share: whose link it is, and how a page for them is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Response

from app.law.profiles import Kept
from app.ports import Service
from app.store import letters, members, notices
from app.store.invitations import Standing
from app.store.rows import Invitation, Member, Organisation, Owner, Phase, SubmissionRow
from app.submissions import reading
from app.web.auth import ServiceDep
from app.web.rendering import page
from app.web.visits import OpenedDep


@dataclass(frozen=True)
class Visit:
    """Somebody with an invitation's link.  `contact` is the member who invited them, None where a program did.

    `unread`: there is a notice, and they have not said that they read it.  `letter`: a decision was
    written to them.
    """

    token: str
    standing: Standing
    organisation: Organisation
    contact: Member | None
    unread: bool = False
    letter: bool = False

    @property
    def path(self) -> str:
        """Where all addresses of this invitation start."""
        return f"/i/{self.token}"

    @property
    def invitation(self) -> Invitation:
        return self.standing.invitation

    @property
    def withdrawn(self) -> bool:
        return self.invitation.revoked_at is not None

    @property
    def hidden(self) -> bool:
        """Whether the task is not shown: their timer has not begun, or stands still."""
        return not self.invitation.closed and (self.invitation.unstarted or self.invitation.paused)

    @property
    def owner(self) -> Owner:
        return Owner(self.invitation.org_id, invitation_id=self.invitation.id)

    @property
    def kept_days(self) -> int:
        """Days from the decision until their data are erased."""
        return Kept(self.organisation.retention_days, self.invitation.profile).days

    @property
    def shows(self) -> str:
        """What the organisation lets candidates see of a score: `nothing`, `band` or `findings`."""
        return self.organisation.feedback


def visited(token: str, standing: OpenedDep, service: ServiceDep) -> Visit:
    """The invitation that the address opens, withdrawn ones too; 404 where there is none."""
    one = standing.invitation
    with service.reader.connect() as connection:
        contact = members.member(connection, one.created_by, one.org_id) if one.created_by else None
        reading = notices.reading(connection, one.id, one.notice_id) if one.notice_id else None
        unread = one.notice_id is not None and (reading is None or reading.read_at is None)
        letter = bool(letters.of_invitation(connection, one.id))
        return Visit(token, standing, members.organisation(connection, one.org_id), contact, unread, letter)


VisitDep = Annotated[Visit, Depends(visited)]

Status = tuple[SubmissionRow, Sequence[Phase]]


def current(submission_id: str, visit: VisitDep, service: ServiceDep) -> Status:
    """The invitation's own submission, or 404."""
    return reading.status(service, submission_id, visit.owner)


CurrentDep = Annotated[Status, Depends(current)]


def candidate_page(name: str, service: Service, visit: Visit, status: int = 200, **context: Any) -> Response:
    """A page for a candidate; all know the visit and the challenge."""
    challenge = service.ports.challenge(visit.invitation.challenge)
    return page(f"candidate/{name}", status, visit=visit, challenge=challenge, **context)
