"""What can be done with candidates, over all that they were invited to: find, compare, export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from app.candidates import comparison, spreadsheet
from app.candidates.comparison import Pair, Side
from app.errors import Conflict, Invalid
from app.gradings.counting import counting
from app.owned import owned
from app.ports import Service
from app.reviews import panel as panels
from app.rights import Principal, Right, hides_names, rates_first
from app.store import audit, candidates, invitations, members
from app.store.invitations import Filter, Sort, Standing
from app.store.rows import Candidate
from app.words import _

T = TypeVar("T")
Rows = Iterable[Mapping[str, Any]]
#: Candidates that are compared at once.
MOST = 4


@dataclass(frozen=True)
class Compared:
    """Candidates in the order that was asked for, their reports that count, and every two of them."""

    standings: tuple[Standing, ...]
    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]

    @property
    def own_rows(self) -> bool:
        """Whether one of them had rows of their own."""
        return any(standing.invitation.lot for standing in self.standings)


def find(service: Service, who: Principal, candidate_id: str) -> Candidate:
    """A candidate of the caller's organisation, or NotFound."""
    with service.reader.connect() as connection:
        return owned(candidates.find, connection, candidate_id, who.org_id)


def compare(service: Service, who: Principal, invitation_ids: Sequence[str]) -> Compared:
    """Two to four candidates side by side, each with the report that counts.

    Raises Invalid for another number, NotFound for one of another organisation, and Conflict where one has no score or
    the caller is to rate one of them first.
    """
    ids = list(dict.fromkeys(invitation_ids))
    if not 2 <= len(ids) <= MOST:
        raise Invalid("invalid-request", _("Choose two to {most} different candidates to compare.").format(most=MOST))
    with service.reader.connect() as connection:
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


def export(service: Service, who: Principal, only: Filter, sort: Sort, write: Callable[[Rows], T]) -> T:
    """What `write` makes of the rows of a list; that it was asked for is in the audit log.

    Names, bands, ends of timers and what is found by them are those that the page shows this reader.  All rows are of
    one moment: what changes meanwhile is neither left out nor there twice.
    """
    with service.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        rules = members.organisation(connection, who.org_id)
        named, bands = not hides_names(who, rules.blind), not rates_first(who, rules.hide_until_locked)
        shown = replace(only, timers=who.may(Right.INVITE), band=only.band if bands else None)
        count = 0

        def counted() -> Iterator[dict[str, Any]]:
            nonlocal count
            for row in spreadsheet.rows(connection, who.org_id, shown, sort, named=named, bands=bands):
                count += 1
                yield row

        made = write(counted())
    with service.engine.begin() as connection:
        audit.record(connection, who, "candidates-exported", f"organisation:{who.org_id}", rows=count)
    return made
