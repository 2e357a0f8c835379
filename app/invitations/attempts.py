"""What candidates decide about their own invitation: which attempt counts, that they are done, a little more time."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from app.invitations.notify import notify
from app.invitations.service import Longer, NotNow, Unknown, prolong
from app.mail.outbox import Kind
from app.mail.service import mail
from app.store import extensions, invitations, members, submissions
from app.store.extensions import SELF
from app.store.invitations import Standing
from app.store.rows import Owner, SubmissionRow
from app.store.submissions import GRADED


def choose(connection: Connection, invitation_id: str, submission_id: str) -> Standing:
    """Let this attempt count; before the close only, so that nobody chooses by what was found.

    Raises Unknown where it is none of theirs, NotNow where it cannot be chosen.
    """
    before = _open(connection, invitation_id)
    row = submissions.find(connection, submission_id, _owner(before))
    if row is None or row.kind != GRADED:
        raise Unknown
    if not _may_count(row):
        raise NotNow("not-graded", "This attempt failed on our side or was stopped, so it cannot count.")
    invitations.change(connection, invitation_id, final_submission_id=submission_id)
    notify(connection, before.candidate, "invitation.final-chosen", before.invitation, submission_id=submission_id)
    return _standing(connection, invitation_id)


def choose_last(connection: Connection, invitation_id: str) -> Standing:
    """Take a choice back: the last valid attempt counts again."""
    before = _open(connection, invitation_id)
    invitations.change(connection, invitation_id, final_submission_id=None)
    notify(connection, before.candidate, "invitation.final-chosen", before.invitation)
    return _standing(connection, invitation_id)


def finish(connection: Connection, invitation_id: str) -> Standing:
    """“I am done”: nothing more is taken, and feedback opens as the policy says.  A repetition changes nothing."""
    invitations.hold(connection, invitation_id)
    before = _standing(connection, invitation_id)
    if before.invitation.closed:
        return before
    if before.spent == 0:
        raise NotNow("nothing-handed-in", "Nothing was handed in yet, so there is nothing to finish.")
    invitations.change(connection, invitation_id, closed_at=datetime.now(UTC))
    notify(connection, before.candidate, "invitation.closed", before.invitation)
    mail(connection, before, Kind.CLOSED, before.extended + 1)
    return _standing(connection, invitation_id)


def longer(connection: Connection, invitation_id: str) -> Standing:
    """The extension that everybody may take once, without a reason, as long as the organisation's policy says."""
    before = _open(connection, invitation_id)
    hours = self_extension(connection, before)
    if hours is None:
        raise NotNow("no-extension", "There is no extension to take (any more); please write to whoever invited you.")
    prolong(connection, before, Longer(SELF, hours=hours))
    return _standing(connection, invitation_id)


def self_extension(connection: Connection, found: Standing) -> float | None:
    """Hours that the candidate may still add by themself; None where there are none."""
    hours = members.organisation(connection, found.invitation.org_id).self_extension_hours
    used = extensions.self_given(connection, found.invitation.id)
    return hours if hours > 0 and found.invitation.deadline is not None and not used else None


def _may_count(row: SubmissionRow) -> bool:
    return not row.state.final or row.state.reported


def _open(connection: Connection, invitation_id: str) -> Standing:
    invitations.hold(connection, invitation_id)
    found = _standing(connection, invitation_id)
    if found.invitation.closed:
        raise NotNow("closed", "This invitation is closed.")
    return found


def _standing(connection: Connection, invitation_id: str) -> Standing:
    found = invitations.standing(connection, invitation_id)
    if found is None:
        raise Unknown
    return found


def _owner(found: Standing) -> Owner:
    return Owner(found.invitation.org_id, invitation_id=found.invitation.id)
