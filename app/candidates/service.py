"""What can be done with candidates, over all that they were invited to: find, compare, export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.candidates import comparison, spreadsheet
from app.candidates.comparison import Pair, Side
from app.errors import Conflict, Invalid
from app.gradings.counting import counting
from app.owned import owned
from app.ports import Service
from app.reviews import panel as panels
from app.rights import Principal
from app.store import audit, candidates, invitations
from app.store.invitations import Standing
from app.store.rows import Candidate
from app.words import _

#: Candidates that are compared at once.
MOST = 4


@dataclass(frozen=True)
class Compared:
    """Candidates in the order that was asked for, their reports that count, and every two of them."""

    standings: tuple[Standing, ...]
    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]


def find(service: Service, who: Principal, candidate_id: str) -> Candidate:
    """A candidate of the caller's organisation, or NotFound."""
    with service.engine.connect() as connection:
        return owned(candidates.find, connection, candidate_id, who.org_id)


def compare(service: Service, who: Principal, invitation_ids: Sequence[str]) -> Compared:
    """Two to four candidates side by side, each with the report that counts.

    Raises Invalid for another number, NotFound for one of another organisation, and Conflict where one has no score or
    the caller is to rate one of them first.
    """
    ids = list(dict.fromkeys(invitation_ids))
    if not 2 <= len(ids) <= MOST:
        raise Invalid("invalid-request", _("Choose two to {most} different candidates to compare.").format(most=MOST))
    with service.engine.connect() as connection:
        standings = tuple(owned(invitations.standing, connection, invitation_id, who.org_id) for invitation_id in ids)
        if not all(panels.panel(connection, who, invitation_id).total for invitation_id in ids):
            raise Conflict("scorecard-first", _("You see scores once you have submitted your own scorecards."))
        known = counting(connection, [standing.final for standing in standings if standing.final])
    sides = tuple(
        comparison.side(standing.invitation.id, known[standing.final].basis, known[standing.final].summary)
        for standing in standings
        if standing.final in known and known[standing.final].summary["bands"]
    )
    if len(sides) < len(standings):
        raise Conflict("no-report", _("One of these candidates has no score yet."))
    return Compared(standings, sides, comparison.pairs(sides))


def export_all(service: Service, who: Principal) -> list[dict[str, Any]]:
    """One row a candidate, newest first; that it was asked for is in the audit log."""
    with service.engine.begin() as connection:
        found = spreadsheet.rows(connection, who.org_id)
        audit.record(connection, who, "candidates-exported", f"organisation:{who.org_id}", rows=len(found))
    return found
