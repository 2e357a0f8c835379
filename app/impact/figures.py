"""From people to the figures of a report: the last place that knows anybody, and it tells of groups alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.impact.categories import BOTH, RACES, SEXES
from app.impact.ratios import REMAINDER, Count, Group, compared, withheld

Kind = Literal["selection", "scoring", "criterion", "finding"]
ONE_SEX: tuple[tuple[str, ...], ...] = tuple((sex,) for sex in SEXES)
ONE_RACE: tuple[tuple[str, ...], ...] = tuple((race,) for race in RACES)


@dataclass(frozen=True)
class Person:
    """What is known of somebody in the sample.  `sex` and `race` are empty where they did not say.

    `score` is None where the code could not be scored, a criterion where it was not judged.
    """

    sex: str
    race: str
    selected: bool
    score: float | None
    criteria: Mapping[str, float | None] = field(default_factory=dict)
    flagged: frozenset[str] = frozenset()


class Outcome(BaseModel):
    """One question, asked of every group.  `cut` is the number of points that it went by.

    `at_least`: as many points were enough; otherwise more were needed.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    name: str
    title: str
    cut: float | None = None
    at_least: bool = False
    people: int
    sex: tuple[Group, ...]
    race: tuple[Group, ...]
    both: tuple[Group, ...]

    @property
    def tables(self) -> tuple[tuple[str, tuple[Group, ...]], ...]:
        return ("sex", self.sex), ("race", self.race), ("both", self.both)

    @property
    def stated(self) -> bool:
        """Whether of any group anything is said."""
        return any(group.people is not None for _, groups in self.tables for group in groups)


class Figures(BaseModel):
    """A report's figures.  The unknown counts are of people who did not say, or chose what the EEO-1 does not have.

    `unscored` of the people had code that could not be scored.  `left_out` names criteria and findings that would tell
    of fewer than five people.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    first: date
    last: date
    people: int
    unscored: int
    unknown_sex: int
    unknown_race: int
    unknown_both: int
    outcomes: tuple[Outcome, ...]
    left_out: tuple[str, ...]

    @property
    def comparisons(self) -> int:
        """How many tests were made: a twentieth of them falls below 0.05 by chance."""
        groups = [group for outcome in self.outcomes for _, table in outcome.tables for group in table]
        return sum(group.p is not None for group in groups)


def figures(
    people: Sequence[Person],
    title: str,
    decided: Iterable[date],
    criteria: Mapping[str, str],
    findings: Mapping[str, str],
) -> Figures:
    """Of people who have a report and a decision; `criteria` and `findings` are titles by name.  At least one person.

    Every outcome has the same people: whoever compares two tables must not find the one who is in one of them alone.
    """
    dates = sorted(decided)
    asked = [_selection(people), _scoring(people)]
    asked += [_criterion(people, name, words) for name, words in criteria.items()]
    met = set().union(*(person.flagged for person in people))
    asked += [_finding(people, code, words) for code, words in findings.items() if code in met]
    outcomes = tuple(outcome for outcome in asked if isinstance(outcome, Outcome))
    return Figures(
        title=title,
        first=dates[0],
        last=dates[-1],
        people=len(people),
        unscored=sum(person.score is None for person in people),
        unknown_sex=sum(person.sex not in SEXES for person in people),
        unknown_race=sum(person.race not in RACES for person in people),
        unknown_both=sum(person.sex not in SEXES or person.race not in RACES for person in people),
        outcomes=outcomes,
        left_out=tuple(outcome for outcome in asked if isinstance(outcome, str)),
    )


def _selection(people: Sequence[Person]) -> Outcome | str:
    return _outcome(people, lambda person: person.selected, "selection", "selection", "")


def _scoring(people: Sequence[Person]) -> Outcome | str:
    """Above the median of all scores; code that could not be scored is not above it."""
    scores = [person.score for person in people if person.score is not None]
    if not scores:
        return "scoring"
    middle = median(scores)
    return _outcome(
        people, lambda person: person.score is not None and person.score > middle, "scoring", "scoring", "", middle
    )


def _criterion(people: Sequence[Person], name: str, title: str) -> Outcome | str:
    """Above the median of its points, or, where nobody is above it, at it.  Whom it did not judge is left out."""
    judged = [person for person in people if person.score is None or person.criteria.get(name) is not None]
    points = [person.criteria[name] for person in judged if person.score is not None]
    known = [value for value in points if value is not None]
    if not known or 0 < len(people) - len(judged) < REMAINDER:
        return name
    middle, most = median(known), max(known)

    def reached(person: Person) -> bool:
        value = person.criteria.get(name)
        return (
            person.score is not None and value is not None and (value >= middle if most == middle else value > middle)
        )

    return _outcome(judged, reached, "criterion", name, title, middle, at_least=most == middle)


def _finding(people: Sequence[Person], code: str, title: str) -> Outcome | str:
    return _outcome(people, lambda person: code not in person.flagged, "finding", code, title)


def _outcome(
    people: Sequence[Person],
    favourable: Callable[[Person], bool],
    kind: Kind,
    name: str,
    title: str,
    cut: float | None = None,
    *,
    at_least: bool = False,
) -> Outcome | str:
    """The three tables, or its name where too few people have it, or too few have it not."""
    went = [favourable(person) for person in people]
    if min(sum(went), len(went) - sum(went)) < REMAINDER:
        return name
    people_of = Counter(name for person in people for name in _groups(person))
    good_of = Counter(name for person, good in zip(people, went, strict=True) if good for name in _groups(person))
    counts = {name: Count(people_of[name], good_of[name]) for name in (*ONE_SEX, *ONE_RACE, *BOTH)}
    silent = _silent({key: count.people for key, count in counts.items()}, len(people))
    sex, race, both = (compared({name: counts[name] for name in part}, silent) for part in (ONE_SEX, ONE_RACE, BOTH))
    return Outcome(
        kind=kind,
        name=name,
        title=title,
        cut=cut,
        at_least=at_least,
        people=len(people),
        sex=sex,
        race=race,
        both=both,
    )


def _groups(person: Person) -> Iterator[tuple[str, ...]]:
    """The categories that somebody is in."""
    if person.sex in SEXES:
        yield (person.sex,)
    if person.race in RACES:
        yield (person.race,)
    if person.sex in SEXES and person.race in RACES:
        yield person.sex, person.race


def _silent(people: Mapping[tuple[str, ...], int], whole: int) -> frozenset[tuple[str, ...]]:
    """The sample is a whole of its sexes, of its races and of its intersections; a sex or race is one of its own."""
    lines: list[tuple[int, Sequence[tuple[str, ...]]]] = [(whole, part) for part in (ONE_SEX, ONE_RACE, BOTH)]
    lines += [(people[part], [both for both in BOTH if part[0] in both]) for part in (*ONE_SEX, *ONE_RACE)]
    return withheld(people, lines)
