"""What interviewers do: keep and lock their own scorecard, and mark findings that seem wrong."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.owned import owned
from app.platform.secrets import is_id
from app.ports import Service
from app.reviews import scorecard
from app.reviews.panel import Panel, panel
from app.reviews.scorecard import Live
from app.rights import Principal
from app.store import audit, invitations, live, members, reviews
from app.store.reviews import Dispute, Scorecard
from app.words import _


def show(service: Service, who: Principal, invitation_id: str) -> Panel:
    """What the caller may see of an invitation's scorecards now."""
    with service.reader.connect() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        return panel(connection, who, invitation_id)


def save(
    service: Service, who: Principal, invitation_id: str, ratings: Mapping[str, int], notes: Mapping[str, str]
) -> Panel:
    """Keep the own card, as often as one likes; Conflict once it is locked, Invalid for no such dimension or level."""
    with service.engine.begin() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        if problem := scorecard.objection(ratings, rates_live(connection, who, invitation_id)):
            raise Invalid("invalid-request", problem)
        if not reviews.save(connection, who.org_id, invitation_id, _member(who), dict(ratings), dict(notes)):
            raise _locked()
        return panel(connection, who, invitation_id)


def lock(service: Service, who: Principal, invitation_id: str) -> Panel:
    """Close the own card for ever; Conflict where a level is missing, or it is closed already."""
    with service.engine.begin() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        member_id = _member(who)
        cards = reviews.cards(connection, who.org_id, invitation_id)
        own = next((card for card in cards if card.member_id == member_id), None)
        if missing := objection(connection, who, invitation_id, own):
            raise Conflict("incomplete", missing)
        if not reviews.lock(connection, invitation_id, member_id):
            raise _locked()
        audit.record(connection, who, "scorecard-locked", f"invitation:{invitation_id}")
        return panel(connection, who, invitation_id)


def all_disputes(service: Service, who: Principal) -> list[Dispute]:
    """The newest five hundred marks on findings, the withdrawn ones too."""
    with service.reader.connect() as connection:
        return list(reviews.disputes_of(connection, who.org_id))


def dispute(service: Service, who: Principal, submission_id: str, run: int, code: str, words: str) -> Dispute:
    """Mark a finding of a report as wrong, for whoever keeps the checks; the report stays as it is."""
    with service.engine.begin() as connection:
        if not is_id(submission_id) or not reviews.reported(connection, who.org_id, submission_id, run):
            raise NotFound
        made = reviews.dispute(connection, who.org_id, submission_id, run, code, _member(who), words)
        audit.record(connection, who, "finding-disputed", f"submission:{submission_id}", code=code, run=run)
        return next(mark for mark in reviews.disputes_of(connection, who.org_id, submission_id) if mark.id == made)


def withdraw_dispute(service: Service, who: Principal, dispute_id: str) -> None:
    """Only one's own; it stays in the list as withdrawn."""
    with service.engine.begin() as connection:
        if who.member_id is None or not reviews.withdraw(connection, who.org_id, dispute_id, who.member_id):
            raise NotFound
        audit.record(connection, who, "dispute-withdrawn", f"dispute:{dispute_id}")


def rates_live(connection: Connection, who: Principal, invitation_id: str) -> Live:
    """Whether the caller's card rates what was changed live: whoever had the candidate change it does.

    The organisation's policy says whether it is used at all.
    """
    opened = live.of_invitation(connection, who.org_id, invitation_id)
    if not opened or not members.organisation(connection, who.org_id).live:
        return Live.NOT_USED
    return Live.REQUIRED if who.member_id in {exercise.member_id for exercise in opened} else Live.ALLOWED


def objection(connection: Connection, who: Principal, invitation_id: str, own: Scorecard | None) -> str | None:
    """Why the own card cannot be submitted yet, or None."""
    return scorecard.objection(own.ratings if own else {}, rates_live(connection, who, invitation_id), complete=True)


def _member(who: Principal) -> str:
    if who.member_id is None:
        raise Forbidden("not-allowed", _("Only a member can rate or mark findings. Sign in as a member."))
    return who.member_id


def _locked() -> Conflict:
    return Conflict("locked", _("This scorecard was submitted. It cannot be changed."))
