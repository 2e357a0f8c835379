"""Who sees whose scorecard, and when: nobody is anchored by another's ratings or by the total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.platform.secrets import is_id
from app.ports import Service
from app.reviews import scorecard
from app.reviews.scorecard import Combined
from app.rights import Principal, Role
from app.store import audit, invitations, members, reviews
from app.store.reviews import Dispute, Scorecard


@dataclass(frozen=True)
class Panel:
    """What one reader sees of an invitation's cards.

    `hidden` counts locked cards kept back until the own one is locked; `total` says whether this reader may see the
    automated total yet.
    """

    own: Scorecard | None
    others: tuple[Scorecard, ...]
    hidden: int
    combined: tuple[Combined, ...]
    total: bool


def panel(connection: Connection, who: Principal, invitation_id: str) -> Panel:
    """The cards of an invitation for this reader."""
    cards = reviews.cards(connection, who.org_id, invitation_id)
    own = next((card for card in cards if card.member_id == who.member_id), None)
    others = tuple(card for card in cards if card.locked_at is not None and card.member_id != who.member_id)
    if held_back(connection, who, own):
        return Panel(own, (), len(others), (), total=False)
    locked = [*others, *([own] if own is not None and own.locked_at is not None else [])]
    return Panel(own, others, 0, scorecard.combined(card.ratings for card in locked), total=True)


def held_back(connection: Connection, who: Principal, own: Scorecard | None) -> bool:
    """Whether this reader rates and has not yet: only an interviewer does, and only where the policy says so."""
    rates = who.role is Role.INTERVIEWER and (own is None or own.locked_at is None)
    return rates and members.organisation(connection, who.org_id).hide_until_locked


def cards(service: Service, who: Principal, invitation_id: str) -> Panel:
    """What the caller may see of an invitation's cards now."""
    with service.engine.connect() as connection:
        _require_known(connection, who, invitation_id)
        return panel(connection, who, invitation_id)


def save(
    service: Service, who: Principal, invitation_id: str, ratings: Mapping[str, int], notes: Mapping[str, str]
) -> Panel:
    """Keep the own card.  Raises Invalid for ratings that are none, Forbidden for keys, Conflict where it is locked."""
    if problem := scorecard.objection(ratings):
        raise Invalid("invalid-request", problem)
    with service.engine.begin() as connection:
        _require_known(connection, who, invitation_id)
        if not reviews.save(connection, who.org_id, invitation_id, _member(who), dict(ratings), dict(notes)):
            raise _locked()
        return panel(connection, who, invitation_id)


def lock(service: Service, who: Principal, invitation_id: str) -> Panel:
    """Close the own card for ever.  Raises Forbidden for keys, Conflict with what is missing or where it is locked."""
    with service.engine.begin() as connection:
        _require_known(connection, who, invitation_id)
        member_id = _member(who)
        every = reviews.cards(connection, who.org_id, invitation_id)
        own = next((card for card in every if card.member_id == member_id), None)
        if missing := scorecard.objection(own.ratings if own else {}, complete=True):
            raise Conflict("incomplete", missing)
        if not reviews.lock(connection, invitation_id, member_id):
            raise _locked()
        audit.record(connection, who, "scorecard-locked", f"invitation:{invitation_id}")
        return panel(connection, who, invitation_id)


def disputes(service: Service, who: Principal) -> list[Dispute]:
    """The newest five hundred marks on findings, the withdrawn ones too."""
    with service.engine.connect() as connection:
        return reviews.disputes_of(connection, who.org_id)


def dispute(service: Service, who: Principal, submission_id: str, run: int, code: str, words: str) -> Dispute:
    """Mark a finding of a report as wrong; the report stays as it is.  Raises NotFound, Forbidden for keys."""
    with service.engine.begin() as connection:
        if not is_id(submission_id) or not reviews.reported(connection, who.org_id, submission_id, run):
            raise NotFound
        made = reviews.dispute(connection, who.org_id, submission_id, run, code, _member(who), words)
        audit.record(connection, who, "finding-disputed", f"submission:{submission_id}", code=code, run=run)
        return next(one for one in reviews.disputes_of(connection, who.org_id, submission_id) if one.id == made)


def withdraw(service: Service, who: Principal, dispute_id: str) -> None:
    """Take one's own mark back; it stays in the list as withdrawn."""
    with service.engine.begin() as connection:
        if who.member_id is None or not reviews.withdraw(connection, who.org_id, dispute_id, who.member_id):
            raise NotFound
        audit.record(connection, who, "dispute-withdrawn", f"dispute:{dispute_id}")


def _require_known(connection: Connection, who: Principal, invitation_id: str) -> None:
    if not is_id(invitation_id) or invitations.standing(connection, invitation_id, who.org_id) is None:
        raise NotFound


def _member(who: Principal) -> str:
    if who.member_id is None:
        raise Forbidden("not-allowed", "A scorecard or a mark is a person's: sign in as a member.")
    return who.member_id


def _locked() -> Conflict:
    return Conflict("locked", "This scorecard is locked and stays as it is.")
