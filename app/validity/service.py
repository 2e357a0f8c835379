"""Points beside interviewers' cards and decisions, by challenge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean

from app.challenges import service as challenge_service
from app.errors import NotFound
from app.gradings.counting import counting, points
from app.ports import Service
from app.rights import Principal
from app.store import decisions, invitations, reviews
from app.store.invitations import Filter
from app.validity.correlation import Correlation, spearman
from graders.model.challenge import Challenge

TOTAL, BAND = "total", "band"


@dataclass(frozen=True)
class Line:
    """One number of the report, and how it went along with the mean of the cards and with the decision."""

    name: str
    title: str
    cards: Correlation
    decisions: Correlation


@dataclass(frozen=True)
class Validity:
    """The lines of a challenge: total, band, then every criterion of its rubric."""

    challenge: Challenge
    lines: tuple[Line, ...]

    @property
    def measured(self) -> int:
        """How many correlations were worked out: a twentieth of them leaves out zero by chance."""
        both = [each for line in self.lines for each in (line.cards, line.decisions)]
        return sum(each.state == "measured" for each in both)


@dataclass(frozen=True)
class _Person:
    score: float
    band: float
    criteria: Mapping[str, float | None]
    card: float | None
    advanced: float | None


def of_challenge(service: Service, who: Principal, challenge_id: str) -> Validity:
    """Everybody with a score and a submitted card or a decision to advance or reject; NotFound for no challenge."""
    challenge = next((c for c in challenge_service.known(service, who.org_id) if c.id == challenge_id), None)
    if challenge is None:
        raise NotFound
    people = _people(service, who, challenge_id)

    def line(name: str, title: str, value: Callable[[_Person], float | None]) -> Line:
        known = [(value(person), person) for person in people]
        cards = [(v, p.card) for v, p in known if v is not None and p.card is not None]
        decided = [(v, p.advanced) for v, p in known if v is not None and p.advanced is not None]
        return Line(name, title, spearman(cards), spearman(decided))

    def criterion(name: str) -> Callable[[_Person], float | None]:
        return lambda person: person.criteria.get(name)

    whole = [line(TOTAL, "", lambda person: person.score), line(BAND, "", lambda person: person.band)]
    parts = [line(asked.id, asked.title, criterion(asked.id)) for asked in challenge.rubric]
    return Validity(challenge, (*whole, *parts))


def _people(service: Service, who: Principal, challenge_id: str) -> list[_Person]:
    with service.reader.connect() as connection:
        standings = invitations.read(connection, invitations.listed(who.org_id, Filter(challenge=challenge_id)))
        reports = counting(connection, [standing.final for standing in standings if standing.final])
        decided = decisions.newest(connection, who.org_id)
        cards = reviews.locked(connection, who.org_id)
    people = []
    for standing in standings:
        report = reports.get(standing.final or "")
        if report is None or report.summary["score"] is None:
            continue
        decision, rated = decided.get(standing.invitation.id), cards.get(standing.invitation.id, ())
        levels = [level for card in rated for level in card.values()]
        people.append(
            _Person(
                float(report.summary["score"]),
                float(report.summary["band"]),
                points(service, standing.final or "", report),
                fmean(levels) if levels else None,
                {"advance": 1.0, "reject": 0.0}.get(decision.outcome) if decision else None,
            )
        )
    return people
