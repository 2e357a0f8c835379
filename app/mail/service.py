"""Who gets which mail when; what it says is in app/mail/texts.py."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.mail import outbox
from app.mail.outbox import Kind
from app.rights import ROLES, Right
from app.store import gradings, invitations, members, submissions
from app.store.invitations import Standing
from app.store.members import AT_ONCE
from app.store.rows import Grading, SubmissionRow


def mail(connection: Connection, to: Standing, kind: Kind, version: int) -> bool:
    """Queue a mail where there is an address; False where there is none, or it was queued before."""
    if to.candidate.email is None:
        return False
    return outbox.queue(connection, to.invitation.org_id, kind, version, invitation_id=to.invitation.id)


def mail_all(connection: Connection, to: Sequence[Standing], kind: Kind) -> None:
    """Queue a mail of this kind to several of one organisation, with the version of each one's link."""
    told = [
        {"version": one.invitation.link_version, "invitation_id": one.invitation.id, "member_id": None}
        for one in to
        if one.candidate.email is not None
    ]
    if told:
        outbox.queue_all(connection, to[0].invitation.org_id, kind, told)


def tell_members(connection: Connection, finished: Standing, version: int) -> None:
    """Mail those who want it that a candidate has finished: everybody who may see the candidate.

    Nobody is told of a candidate without an address, as those of the demo are: nobody invited them.
    """
    if finished.candidate.email is None:
        return
    org_id = finished.invitation.org_id
    for member in members.members_of(connection, org_id):
        if member.disabled_at is None and member.news == AT_ONCE and Right.READ in ROLES[member.role]:
            about_it = {"invitation_id": finished.invitation.id, "member_id": member.id}
            outbox.queue(connection, org_id, Kind.FINISHED, version, **about_it)


def about(connection: Connection, row: SubmissionRow, kind: Kind) -> None:
    """Queue a mail about an attempt, once for each; none where no candidate handed it in."""
    found = invitations.standing(connection, row.owner.invitation_id) if row.owner.invitation_id else None
    if found is not None:
        mail(connection, found, kind, submissions.place(connection, row))


def ended(connection: Connection, grading: Grading) -> None:
    """Tell whoever handed it in that the first grading of an attempt has ended, whatever its end was."""
    row = submissions.find(connection, grading.submission_id)
    if row is not None and grading.reason == gradings.FIRST:
        about(connection, row, Kind.GRADED)
