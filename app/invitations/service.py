"""What members and keys do with invitations.  Each function is one transaction's worth of work.

All take the invitation by id within the caller's organisation; `Unknown` where it is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from app.invitations.notify import notify
from app.mail import outbox
from app.mail.outbox import Kind
from app.mail.service import mail
from app.rights import Principal
from app.store import extensions, invitations
from app.store.candidates import Person
from app.store.invitations import NewInvitation, Standing

REMIND_SECONDS = 3600.0


class Unknown(Exception):
    """There is no such invitation, or it is another organisation's."""


class NotNow(Exception):
    """The invitation stands so that this cannot be done; the message says why, `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Reason(StrEnum):
    """Why a deadline was moved by whoever invited."""

    ILLNESS = "illness"
    ACCOMMODATION = "accommodation"
    WORKLOAD = "workload"
    TECHNICAL = "technical"
    OURS = "ours"
    OTHER = "other"


@dataclass(frozen=True)
class Longer:
    """An extension: until `deadline`, or by `hours`, which the candidate's time multiplier stretches."""

    reason_code: str
    reason: str = ""
    deadline: datetime | None = None
    hours: float | None = None


def invite(connection: Connection, who: Principal, wanted: NewInvitation, person: Person) -> tuple[Standing, bool]:
    """Invite somebody and mail them the link: (the invitation, whether it is new).

    A repetition gives the same invitation and changes nothing.  Raises candidates.Mistaken.
    """
    invitation_id, new = invitations.add(connection, who.org_id, wanted, person)
    made = _mine(connection, who, invitation_id)
    if new:
        notify(connection, who, "invitation.created", made.invitation, challenge=wanted.challenge)
        _send_link(connection, made)
    return made, new


def extend(connection: Connection, who: Principal, invitation_id: str, longer: Longer) -> Standing:
    """Move the deadline; an invitation that the old deadline had closed is open again."""
    before = _held(connection, who, invitation_id)
    prolong(connection, before, longer, who)
    return _mine(connection, who, invitation_id)


def prolong(connection: Connection, before: Standing, longer: Longer, who: Principal | None = None) -> None:
    """The work of an extension, by a member or key, or by the candidate themself where `who` is None."""
    invitation = before.invitation
    new = _moved(before, longer)
    at = (invitation.deadline, new)
    extensions.add(connection, invitation.id, at, (longer.reason_code, longer.reason), who.member_id if who else None)
    reopened = {"closed_at": None} if invitation.late else {}
    invitations.change(connection, invitation.id, deadline=new, **reopened)
    told = {"reason_code": longer.reason_code, "old": invitation.deadline, "new": new}
    notify(connection, who or before.candidate, "invitation.extended", invitation, **told)
    mail(connection, before, Kind.EXTENDED, before.extended + 1)


def remind(connection: Connection, who: Principal, invitation_id: str) -> Standing:
    """Mail a reminder now; at most one an hour."""
    before = _held(connection, who, invitation_id)
    if before.invitation.closed:
        raise NotNow("closed", "The invitation is closed, so there is nothing to remind of.")
    version, age = outbox.newest(connection, invitation_id, Kind.REMINDER)
    if age is not None and age < REMIND_SECONDS:
        raise NotNow("reminded-just-now", "A reminder was sent within the last hour.")
    if not mail(connection, before, Kind.REMINDER, version + 1):
        raise NotNow("no-address", "The candidate has no mail address.")
    notify(connection, who, "invitation.reminded", before.invitation)
    return _mine(connection, who, invitation_id)


def withdraw(connection: Connection, who: Principal, invitation_id: str) -> Standing:
    """Take the invitation back: nothing more can be handed in.  A repetition changes nothing."""
    before = _held(connection, who, invitation_id)
    if before.invitation.revoked_at is None:
        invitations.change(connection, invitation_id, revoked_at=datetime.now(UTC))
        notify(connection, who, "invitation.withdrawn", before.invitation)
        withdrawals, _ = outbox.newest(connection, invitation_id, Kind.WITHDRAWN)
        mail(connection, before, Kind.WITHDRAWN, withdrawals + 1)
    return _mine(connection, who, invitation_id)


def reopen(connection: Connection, who: Principal, invitation_id: str) -> Standing:
    """Undo a withdrawal or a candidate's own close.  A deadline that has passed needs an extension as well."""
    before = _held(connection, who, invitation_id)
    if before.candidate.erased_at is not None:
        raise NotNow("erased", "The candidate's data were erased, and with them the invitation.")
    if before.invitation.closed_at is not None or before.invitation.revoked_at is not None:
        invitations.change(connection, invitation_id, closed_at=None, revoked_at=None)
        notify(connection, who, "invitation.reopened", before.invitation)
    return _mine(connection, who, invitation_id)


def new_link(connection: Connection, who: Principal, invitation_id: str) -> Standing:
    """End the present link and mail a new one."""
    _held(connection, who, invitation_id)
    invitations.new_link(connection, invitation_id)
    after = _mine(connection, who, invitation_id)
    notify(connection, who, "invitation.link-renewed", after.invitation)
    _send_link(connection, after)
    return after


def _send_link(connection: Connection, to: Standing) -> None:
    mail(connection, to, Kind.INVITATION, to.invitation.link_version)


def _moved(before: Standing, longer: Longer) -> datetime:
    invitation, now = before.invitation, datetime.now(UTC)
    if invitation.revoked_at is not None:
        raise NotNow("withdrawn", "The invitation is withdrawn; reopen it first.")
    if longer.deadline is not None:
        new = longer.deadline
    else:
        start = max(invitation.deadline or now, now)
        new = start + timedelta(hours=longer.hours or 0) * invitation.time_multiplier
    if new <= now or (invitation.deadline is not None and new <= invitation.deadline):
        raise NotNow("not-later", "An extension ends later than the present deadline, and later than now.")
    return new


def _mine(connection: Connection, who: Principal, invitation_id: str) -> Standing:
    found = invitations.standing(connection, invitation_id, who.org_id)
    if found is None:
        raise Unknown
    return found


def _held(connection: Connection, who: Principal, invitation_id: str) -> Standing:
    _mine(connection, who, invitation_id)
    invitations.hold(connection, invitation_id)
    return _mine(connection, who, invitation_id)
