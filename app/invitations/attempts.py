"""What candidates decide about their own invitation: which attempt counts, that they are done, a little more time.

Each function is one transaction; Conflict says why the invitation stands so that something cannot be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from app import links
from app.errors import Conflict, NotFound
from app.invitations.notify import notify, start
from app.invitations.service import Longer, prolong
from app.invitations.timing import require_running
from app.mail.outbox import Kind
from app.mail.service import mail
from app.news import service as news
from app.owned import owned
from app.platform import queue
from app.ports import Service
from app.store import extensions, invitations, members, submissions
from app.store.extensions import SELF
from app.store.invitations import Standing
from app.store.rows import Owner, State, SubmissionRow
from app.store.submissions import GRADED
from app.words import _


def open_link(service: Service, token: str) -> Standing:
    """The invitation whose present link this is, a withdrawn one too; its first opening is noted.

    NotFound where there is none.
    """
    with service.engine.begin() as connection:
        found = invitations.opened_by(connection, service.keys, token)
        if found is None:
            raise NotFound
        if invitations.note_opened(connection, found.invitation.id):
            notify(connection, found.candidate, "invitation.opened", found.invitation)
        return found


def take_along(service: Service, standing: Standing) -> None:
    """Note that the candidate took the task along; NotFound for an invitation that was withdrawn.

    Conflict where their timer has not begun, or stands still.
    """
    if standing.invitation.revoked_at is not None:
        raise NotFound
    require_running(standing)
    with service.engine.begin() as connection:
        start(connection, standing.invitation.id)


def handed_in(service: Service, standing: Standing) -> tuple[Sequence[SubmissionRow], float | None]:
    """What was handed in, newest first, and the hours that the candidate may still add by themself."""
    with service.reader.connect() as connection:
        rows = submissions.of_owner(connection, owner(standing))
        return rows, None if standing.invitation.closed else _self_extension(connection, standing)


def submission(service: Service, standing: Standing, submission_id: str) -> SubmissionRow:
    """A submission or check of this invitation, or NotFound."""
    with service.reader.connect() as connection:
        return owned(submissions.find, connection, submission_id, owner(standing))


def ahead(service: Service, row: SubmissionRow) -> int | None:
    """How many gradings begin before this one, counted to a hundred; None where it does not wait."""
    if row.state is not State.QUEUED:
        return None
    with service.reader.connect() as connection:
        return queue.ahead(connection, row.id)


def choose(service: Service, standing: Standing, submission_id: str | None) -> Standing:
    """Let this attempt count, or for None the last valid one again.

    Before the close only, so that nobody chooses by what was found.
    """
    with service.engine.begin() as connection:
        before = _open(connection, standing)
        detail = {}
        if submission_id is not None:
            row = owned(submissions.find, connection, submission_id, owner(before))
            if row.kind != GRADED:
                raise NotFound
            if row.state.final and not row.state.reported:
                raise Conflict("not-graded", _("This attempt failed on our side or was stopped. It cannot count."))
            detail = {"submission_id": submission_id}
        invitations.change(connection, before.invitation.id, final_submission_id=submission_id)
        notify(connection, before.candidate, "invitation.final-chosen", before.invitation, **detail)
        return _standing(connection, standing)


def finish(service: Service, standing: Standing) -> Standing:
    """“I am done”: nothing more is taken, and feedback opens as the policy says.  A repetition changes nothing."""
    with service.engine.begin() as connection:
        before = _held(connection, standing)
        if before.invitation.closed:
            return before
        if before.spent == 0:
            raise Conflict("nothing-handed-in", _("Nothing was handed in yet. Hand in first."))
        invitations.change(connection, before.invitation.id, closed_at=datetime.now(UTC))
        notify(connection, before.candidate, "invitation.closed", before.invitation)
        mail(connection, before, Kind.CLOSED, before.extended + 1)
        news.tell(connection, before, "finished", before.extended + 1)
        return _standing(connection, standing)


def extend(service: Service, standing: Standing) -> Standing:
    """The extension that everybody may take once, without a reason, as long as the organisation's policy says."""
    with service.engine.begin() as connection:
        before = _open(connection, standing)
        hours = _self_extension(connection, before)
        if hours is None:
            raise Conflict("no-extension", _("You have no extension left to take. Write to whoever invited you."))
        prolong(connection, before, Longer(SELF, hours=hours))
        return _standing(connection, standing)


def of_reminders(service: Service, token: str) -> Standing:
    """The invitation whose reminders a link in one of them ends, or NotFound."""
    signed = service.keys.read(links.REMINDERS, token)
    with service.reader.connect() as connection:
        standing = invitations.standing(connection, signed[0]) if signed else None
    if standing is None:
        raise NotFound
    return standing


def set_reminders(service: Service, token: str, *, wanted: bool) -> None:
    """Mail no more reminders, or mail them again.  A repetition changes nothing."""
    standing = of_reminders(service, token)
    with service.engine.begin() as connection:
        if (standing.invitation.reminders_off_at is None) is not wanted:
            off = None if wanted else datetime.now(UTC)
            invitations.change(connection, standing.invitation.id, reminders_off_at=off)
            event = "invitation.reminders-wanted" if wanted else "invitation.reminders-declined"
            notify(connection, standing.candidate, event, standing.invitation)


def owner(standing: Standing) -> Owner:
    """Whose submissions those of this invitation are."""
    return Owner(standing.invitation.org_id, invitation_id=standing.invitation.id)


def _self_extension(connection: Connection, standing: Standing) -> float | None:
    if standing.invitation.running:  # a pause is what they may take then
        return None
    hours = members.organisation(connection, standing.invitation.org_id).self_extension_hours
    used = extensions.self_given(connection, standing.invitation.id)
    return hours if hours > 0 and standing.invitation.deadline is not None and not used else None


def _open(connection: Connection, standing: Standing) -> Standing:
    now = _held(connection, standing)
    if now.invitation.closed:
        raise Conflict("closed", _("This invitation is closed. Nothing more can be changed."))
    return now


def _held(connection: Connection, standing: Standing) -> Standing:
    """The invitation as it is now, kept from others until the transaction ends."""
    invitations.hold(connection, standing.invitation.id)
    return _standing(connection, standing)


def _standing(connection: Connection, standing: Standing) -> Standing:
    now = invitations.standing(connection, standing.invitation.id)
    if now is None:
        raise NotFound
    return now
