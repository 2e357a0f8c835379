"""Rows of their own for one candidate: which they are, made by the queue, and taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from app.errors import Conflict
from app.ports import Service
from app.store import audit, invitations
from app.store.rows import Invitation, SubmissionRow
from app.words import _
from challenges.tables.definition import FILE
from graders.model.challenge import Challenge

log = structlog.get_logger(__name__)


def challenge_of(service: Service, invitation: Invitation) -> Challenge:
    """What this candidate is asked, on the rows that they get."""
    return replace(service.ports.challenge(invitation.challenge), lot=invitation.lot)


def graded_on(service: Service, row: SubmissionRow) -> Challenge:
    """What a submission is graded on: the rows of its candidate, where they have some."""
    challenge = service.ports.challenge(row.challenge)
    if row.owner.invitation_id is None:
        return challenge
    with service.reader.connect() as connection:
        standing = invitations.standing(connection, row.owner.invitation_id)
    return replace(challenge, lot=standing.invitation.lot) if standing else challenge


def require_made(invitation: Invitation) -> None:
    """Conflict while the rows are being made."""
    if invitation.waits_for_rows:
        hint = _("Come back in some minutes. If it takes longer than an hour, write to whoever invited you.")
        raise Conflict("rows-not-made", _("Your data are still being prepared."), hint=hint)


def brief(service: Service, invitation: Invitation) -> str | None:
    """The brief where it tells of the candidate's own rows, empty while they are made; None where it is everybody's."""
    challenge = challenge_of(service, invitation)
    if not invitation.lot or not (challenge.folder / FILE).is_file():
        return None
    return "" if invitation.waits_for_rows else service.ports.brief(challenge)


def make(service: Service, invitation_id: str) -> None:
    """Make the rows of an invitation; a fault is raised, and the queue tries again."""
    with service.reader.connect() as connection:
        standing = invitations.standing(connection, invitation_id)
    if standing is None or not standing.invitation.waits_for_rows or standing.candidate.erased_at is not None:
        return
    challenge = challenge_of(service, standing.invitation)
    service.ports.draw(challenge)
    with service.engine.begin() as connection:
        now = invitations.hold(connection, invitation_id)
        if now.lot:
            invitations.change(connection, invitation_id, rows_made_at=datetime.now(UTC))
            subject = f"invitation:{invitation_id}"
            audit.record(connection, audit.SYSTEM, "invitation.rows-made", subject, org_id=now.org_id)
    if not now.lot:  # the candidate was erased meanwhile
        service.ports.discard_lot(challenge)


def discard(service: Service, of: Iterable[Invitation]) -> None:
    """Take away the rows of a candidate who is erased."""
    for invitation in of:
        if invitation.lot:
            service.ports.discard_lot(challenge_of(service, invitation))
