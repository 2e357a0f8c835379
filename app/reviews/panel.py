"""Who sees whose scorecard, and when: nobody is anchored by another's ratings or by the total."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.reviews import scorecard
from app.reviews.scorecard import Combined
from app.rights import Principal, rates_first
from app.store import members, reviews
from app.store.reviews import Scorecard


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
    locked = own is not None and own.locked_at is not None
    return not locked and rates_first(who, members.organisation(connection, who.org_id).hide_until_locked)
