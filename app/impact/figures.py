"""From people to the figures of a report: the last place that knows anybody, and it tells of groups alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from app.impact.categories import BOTH, RACES, SEXES
from app.impact.ratios import REMAINDER, Count, Group, compared, told_apart
from app.impact.silence import CELLS, ONE_RACE, ONE_SEX, Name, withheld

Kind = Literal["selection", "scoring", "band", "criterion", "finding"]


@dataclass(frozen=True)
class Person:
    """What is known of somebody in the sample.  `sex` and `race` are empty where they did not say.

    `score` and `band` are None where the code could not be scored, a criterion where it was not judged.
    """

    sex: str
    race: str
    selected: bool
    score: float | None
    criteria: Mapping[str, float | None] = field(default_factory=dict)
    flagged: frozenset[str] = frozenset()
    band: int | None = None


@dataclass(frozen=True)
class _Question:
    """An outcome before it is asked of groups: the places of those who were judged, and of those it went well for."""

    kind: Kind
    name: str
    title: str
    judged: frozenset[int]
    favourable: frozenset[int]
    cut: float | None = None
    at_least: bool = False


class Outcome(BaseModel):
    """One question, asked of every group.  `cut` is the number of points that it went by, or the band.

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

    `unscored` of the people had code that could not be scored.  `left_out` names outcomes that would tell of fewer than
    five people.  `in_use_since` is the day of the first invitation to the challenge.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    first: date
    last: date
    in_use_since: date | None = None
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
    *,
    in_use_since: date | None = None,
    earlier: Sequence[Figures] = (),
) -> Figures:
    """Of people who have a report and a decision; `criteria` and `findings` are titles by name.  At least one person.

    Every outcome has the same people: whoever compares two tables must not find the one who is in one of them alone.
    `earlier` are the reports of the same challenge that were made before, with which this one can be compared.
    """
    dates = sorted(decided)
    asked = [_scoring(people), _selection(people), *_bands(people)]
    asked += [_criterion(people, name, words) for name, words in criteria.items()]
    met = set().union(*(person.flagged for person in people))
    asked += [_finding(people, code, words) for code, words in findings.items() if code in met]
    kept, left_out = _apart(asked, len(people))
    outcomes = [_outcome(people, question, earlier) for question in kept]
    return Figures(
        title=title,
        first=dates[0],
        last=dates[-1],
        in_use_since=in_use_since,
        people=len(people),
        unscored=sum(person.score is None for person in people),
        unknown_sex=sum(person.sex not in SEXES for person in people),
        unknown_race=sum(person.race not in RACES for person in people),
        unknown_both=sum(person.sex not in SEXES or person.race not in RACES for person in people),
        outcomes=tuple(sorted(outcomes, key=lambda outcome: get_args(Kind).index(outcome.kind))),
        left_out=tuple(left_out),
    )


def _apart(asked: Iterable[_Question], whole: int) -> tuple[list[_Question], list[str]]:
    """Those that may be asked, and the names of those that would tell of fewer than five people.

    By itself, where so few have one of the two results or were not judged; or beside another, where the two differ in
    so few.  The first one stays.
    """
    kept: list[_Question] = []
    left_out: list[str] = []
    known = {frozenset[int](), frozenset(range(whole))}
    for question in asked:
        sets = {question.judged, question.favourable, question.judged - question.favourable}
        few = min(len(question.favourable), len(question.judged - question.favourable)) < REMAINDER
        if few or told_apart(sets, known, whole):
            left_out.append(question.name)
        else:
            kept.append(question)
            known |= sets
    return kept, left_out


def _all(people: Sequence[Person], favourable: Callable[[Person], bool]) -> tuple[frozenset[int], frozenset[int]]:
    """Everybody was judged, and these were favoured."""
    return frozenset(range(len(people))), frozenset(i for i, person in enumerate(people) if favourable(person))


def _selection(people: Sequence[Person]) -> _Question:
    return _Question("selection", "selection", "", *_all(people, lambda person: person.selected))


def _scoring(people: Sequence[Person]) -> _Question:
    """Above the median of all scores; code that could not be scored is not above it."""
    middle = median([person.score for person in people if person.score is not None] or [0.0])
    above = _all(people, lambda person: person.score is not None and person.score > middle)
    return _Question("scoring", "scoring", "", *above, cut=middle)


def _bands(people: Sequence[Person]) -> Iterator[_Question]:
    """Each band but the lowest: whoever reached it or a better one."""
    for band in sorted({person.band for person in people if person.band is not None})[1:]:
        reached = _all(people, lambda person, least=band: person.band is not None and person.band >= least)  # type: ignore[misc]
        yield _Question("band", f"band-{band}", "", *reached, cut=band, at_least=True)


def _criterion(people: Sequence[Person], name: str, title: str) -> _Question:
    """Above the median of its points, or, where nobody is above it, at it.  Whom it did not judge is left out."""
    judged = {i for i, person in enumerate(people) if person.score is None or person.criteria.get(name) is not None}
    points = {
        i: value for i in judged if people[i].score is not None and (value := people[i].criteria[name]) is not None
    }
    middle, most = median(list(points.values()) or [0.0]), max(points.values(), default=0.0)
    reached = {i for i, value in points.items() if (value >= middle if most == middle else value > middle)}
    return _Question(
        "criterion", name, title, frozenset(judged), frozenset(reached), cut=middle, at_least=most == middle
    )


def _finding(people: Sequence[Person], code: str, title: str) -> _Question:
    return _Question("finding", code, title, *_all(people, lambda person: code not in person.flagged))


def _outcome(people: Sequence[Person], question: _Question, earlier: Sequence[Figures]) -> Outcome:
    """The three tables."""
    people_of = Counter(name for i in question.judged for name in _groups(people[i]))
    good_of = Counter(name for i in question.favourable for name in _groups(people[i]))
    counts = {name: Count(people_of[name], good_of[name]) for name in (*ONE_SEX, *ONE_RACE, *BOTH)}
    cells = Counter(_cell(people[i]) for i in question.judged)
    silent = withheld({cell: cells[cell] for cell in CELLS}, _close(question.name, counts, earlier))
    sex, race, both = (compared({name: counts[name] for name in part}, silent) for part in (ONE_SEX, ONE_RACE, BOTH))
    return Outcome(
        kind=question.kind,
        name=question.name,
        title=question.title,
        cut=question.cut,
        at_least=question.at_least,
        people=len(question.judged),
        sex=sex,
        race=race,
        both=both,
    )


def _close(outcome: str, counts: Mapping[Name, Count], earlier: Sequence[Figures]) -> Set[Name]:
    """Groups that differ from what an earlier report said of them by one to four people, or in how it went for them."""
    said = (
        group
        for whole in earlier
        for one in whole.outcomes
        if one.name == outcome
        for _, t in one.tables
        for group in t
    )
    near = set()
    for group in said:
        if group.people is None or group.favourable is None:
            continue
        more = abs(counts[group.name].people - group.people)
        other = abs(counts[group.name].favourable - group.favourable)
        if 0 < more < REMAINDER or (more == 0 and 0 < other < REMAINDER):
            near.add(group.name)
    return near


def _cell(person: Person) -> tuple[str, str]:
    return person.sex if person.sex in SEXES else "", person.race if person.race in RACES else ""


def _groups(person: Person) -> Iterator[Name]:
    """The categories that somebody is in."""
    if person.sex in SEXES:
        yield (person.sex,)
    if person.race in RACES:
        yield (person.race,)
    if person.sex in SEXES and person.race in RACES:
        yield person.sex, person.race
