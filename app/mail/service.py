"""Who gets which mail when; what it says is in app/mail/texts.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from app.mail import outbox
from app.mail.outbox import Kind
from app.store import gradings, invitations, submissions
from app.store.invitations import Standing
from app.store.rows import Grading, SubmissionRow


def mail(connection: Connection, to: Standing, kind: Kind, version: int) -> bool:
    """Queue a mail where there is an address; False where there is none, or it was queued before."""
    if to.candidate.email is None:
        return False
    return outbox.queue(connection, to.invitation.org_id, kind, version, invitation_id=to.invitation.id) is not None


def mail_all(
    connection: Connection, to: Sequence[Standing], kind: Kind, versions: Mapping[str, int] | None = None
) -> None:
    """Queue a mail of this kind to several of one organisation; `versions` by invitation, else that of its link."""
    told = [
        {
            "version": versions[standing.invitation.id] if versions else standing.invitation.link_version,
            "invitation_id": standing.invitation.id,
            "member_id": None,
        }
        for standing in to
        if standing.candidate.email is not None
    ]
    if told:
        outbox.queue_all(connection, to[0].invitation.org_id, kind, told)


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
