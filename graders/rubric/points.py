"""From what was measured to points, sections, bands and caps.

Each criterion gives a share of its points between 0 and 1, as an estimate: the share is computed for the
hidden rows and for every bootstrap draw of them, so that its noise reaches the section and the total.  What is read
off code brings draws of its own error, which add to that noise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import NoReturn, get_args

import numpy as np

from graders.catalog import CHECKS
from graders.facts import Facts
from graders.measure.metrics import Measured
from graders.measure.scoring import constant
from graders.model.challenge import Challenge, Criterion, Section
from graders.model.finding import Certainty, Finding
from graders.model.report import Cap, Overall
from graders.rubric import model as criteria
from graders.rubric import performance as evidence
from graders.rubric import production, responsibility
from graders.rubric.model import Context
from graders.rubric.scoring_rules import Judged
from graders.rubric.sections import Elsewhere, JudgedSection, Judgement, judgement_of, section, times
from graders.rubric.verdicts import VERDICTS

#: Every criterion by its name in a challenge's rubric.
CRITERIA: Mapping[str, Callable[[Context], Judged]] = {
    **criteria.CRITERIA,
    **evidence.CRITERIA,
    **production.CRITERIA,
    **responsibility.CRITERIA,
}

#: Scores from which a band begins, lowest first: band 1 is below the first cut.
CUTS = (40.0, 60.0, 80.0)


@dataclass(frozen=True)
class Own(Mapping[str, Finding]):
    """The findings of some checks by code; what any other check found is not known here."""

    found: Mapping[str, Finding]

    def __getitem__(self, code: str) -> Finding:
        if code not in self.found:
            raise Elsewhere(code)
        return self.found[code]

    def __iter__(self) -> NoReturn:
        raise Elsewhere

    def __len__(self) -> NoReturn:
        raise Elsewhere


def beside(facts: Facts, findings: tuple[Finding, ...], names: Collection[Section]) -> dict[str, Judgement]:
    """By criterion the judgements in some sections that rest on no other check than these."""
    context = Context(facts.code, Own({finding.code: finding for finding in findings}), CHECKS, facts)
    asked = [criterion for criterion in facts.case.challenge.rubric if criterion.section in names]
    judged: dict[str, Judgement] = {}
    for criterion in asked:
        with suppress(Elsewhere):
            judged[criterion.id] = judgement_of(criterion, lambda judge: judge(context), CRITERIA)
    return judged


def sections(
    facts: Facts, findings: tuple[Finding, ...], judged: Mapping[str, Judgement] = MappingProxyType({})
) -> tuple[JudgedSection, ...]:
    """Every section of the challenge's rubric, in the order of the contract; some criteria may be `judged` already."""
    context = Context(facts.code, {finding.code: finding for finding in findings}, CHECKS, facts)
    return tuple(
        section(name, criteria_of(facts.case.challenge, name), lambda judge: judge(context), CRITERIA, judged)
        for name in get_args(Section)
    )


def criteria_of(challenge: Challenge, name: Section) -> list[Criterion]:
    """The criteria that the challenge's rubric has in a section."""
    return [criterion for criterion in challenge.rubric if criterion.section == name]


def overall(judged: tuple[JudgedSection, ...], measured: Measured, findings: tuple[Finding, ...]) -> Overall:
    """Points over what could be had, as 0-100, with the band it falls in and what caps that band."""
    most = sum(section.result.max for section in judged)
    total = times(reduce(add, (section.points for section in judged), constant(0.0)), 100 / most)
    score = total.score(0, 100, sum(section.error for section in judged) * 100 / most)
    held = caps(measured, {finding.code: finding for finding in findings})
    highest = 2 if held else len(CUTS) + 1
    lowest, top = (min(band(edge), highest) for edge in (score.low, score.high))
    return Overall(
        score=score.value,
        low=score.low,
        high=score.high,
        band=min(band(score.value), highest),
        bands=tuple(range(lowest, top + 1)),
        caps=held,
    )


def band(score: float) -> int:
    """1 insufficient, 2 partial, 3 meets, 4 strong; a score that is no number is a fault of ours."""
    if not np.isfinite(score):
        raise ValueError("the score is no number")
    return 1 + int(np.searchsorted(CUTS, score, side="right"))


def caps(measured: Measured, findings: Mapping[str, Finding]) -> tuple[Cap, ...]:
    """What holds the band at 2, whatever the points; each can be cleared by a person."""
    held: dict[str, Cap] = {}  # of findings that hold it for one reason, the first is named
    for check in sorted(CHECKS, key=lambda check: VERDICTS.index(check.verdict) if check.verdict else len(VERDICTS)):
        why = check.cap(measured) if check.cap is not None and _confirmed(findings, check.code) else ""
        if why:
            held.setdefault(why, Cap(check.code, why))
    return tuple(held.values())


def _confirmed(findings: Mapping[str, Finding], code: str) -> bool:
    return code in findings and findings[code].certainty is Certainty.CONFIRMED
