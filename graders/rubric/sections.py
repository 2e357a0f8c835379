"""Putting criteria together: how each is judged, and the points of a section with their noise.

It knows no criterion and no check by name, so that whoever reads code alone loads no others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import TypeAlias, TypeVar

import numpy as np

from graders.measure.scoring import Estimate, constant
from graders.model.arrays import FloatArray
from graders.model.case import NotApplicable, Prevented
from graders.model.challenge import Criterion, Section
from graders.model.report import CriterionResult, SectionResult
from graders.rubric.scoring_rules import Judged
from graders.words import say, sentences

log = logging.getLogger(__name__)

Judge = TypeVar("Judge")
#: What comes of a criterion: how it is judged, or why it is not.
Judgement: TypeAlias = Judged | NotApplicable


@dataclass(frozen=True, eq=False)
class JudgedSection:
    """A section of the report beside the estimate of its points, and draws of what reading code may be wrong by."""

    result: SectionResult
    points: Estimate
    error: FloatArray | float


class Elsewhere(Exception):
    """A criterion rests on a check that is asked in another process."""


def section(
    name: Section,
    criteria: Sequence[Criterion],
    ask: Callable[[Judge], Judged],
    judges: Mapping[str, Judge],
    already: Mapping[str, Judgement] = MappingProxyType({}),
) -> JudgedSection:
    """A section of these criteria, each by the judge of its name, or as it is judged `already`."""
    judged = [(criterion, already.get(criterion.id) or judgement_of(criterion, ask, judges)) for criterion in criteria]
    counted = [(criterion, judgement) for criterion, judgement in judged if isinstance(judgement, Judged)]
    most = sum(criterion.points for criterion, _ in counted)
    points = reduce(add, (times(judgement.share, criterion.points) for criterion, judgement in counted), constant(0.0))
    drawn = points.value + sum(judgement.error * criterion.points for criterion, judgement in counted)
    error = np.clip(drawn, 0, most) - points.value
    interval = points.score(0, most, error)
    result = SectionResult(
        id=name,
        points=points.value if counted else None,
        max=most,
        weight=sum(criterion.points for criterion in criteria),
        low=interval.low if counted else None,
        high=interval.high if counted else None,
        criteria=tuple(_result(criterion, judgement) for criterion, judgement in judged),
    )
    return JudgedSection(result, points, error)


def judgement_of(criterion: Criterion, ask: Callable[[Judge], Judged], judges: Mapping[str, Judge]) -> Judgement:
    """The judgement of one criterion, or why there is none."""
    if criterion.id not in judges:
        return NotApplicable(say("not measured by this version of the grader"))
    try:
        return ask(judges[criterion.id])
    except Prevented as why:
        return Judged(constant(0.0), sentences(why.reason))
    except NotApplicable as why:
        return why
    except Elsewhere:
        raise
    except Exception:
        log.exception("criterion %s broke", criterion.id)
        return NotApplicable(say("a fault of the grader's own"))


def _result(criterion: Criterion, judged: Judgement) -> CriterionResult:
    if isinstance(judged, NotApplicable):
        return CriterionResult(
            criterion.id, criterion.title, None, criterion.points, say("Not judged: {found}.", found=judged.reason)
        )
    points = judged.share.value * criterion.points
    gain = judged.gain * criterion.points
    return CriterionResult(
        criterion.id, criterion.title, points, criterion.points, judged.why, judged.findings, judged.next, gain
    )


def times(share: Estimate, points: float) -> Estimate:
    return share.map(lambda values: values * points)
