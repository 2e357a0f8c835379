"""How a criterion is put together: parts that were seen, each worth a share, and the change that would gain most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graders.checks.check import Check
from graders.measure.scoring import Estimate, constant
from graders.model.arrays import FloatArray
from graders.model.case import NotApplicable, Prevented
from graders.model.finding import Finding
from graders.source.code import Code
from graders.words import sentences

#: Less than this share of a criterion is nothing to advise about.
LEAST_GAIN = 0.02
#: After so many scales of faults nothing is left.
ENOUGH_SCALES = 5.0


@dataclass(frozen=True, eq=False)
class CodeContext:
    """What a criterion about the code may look at; `checks` are all that were to be asked."""

    code: Code
    findings: Mapping[str, Finding]
    checks: Sequence[Check]

    def finding(self, code: str) -> Finding:
        """A finding that was judged; NotApplicable or Prevented otherwise, with its reason."""
        found = self.findings[code]
        if found.prevented:
            raise Prevented(found.note)
        if found.status.value in {"not applicable", "broken"}:
            raise NotApplicable(found.note)
        return found

    def reasons(self, criterion: str) -> tuple[str, ...]:
        """The codes that were found of all checks that move a criterion."""
        return self.flagged(*(check.code for check in self.checks if criterion in check.criteria))

    def flagged(self, *codes: str) -> tuple[str, ...]:
        """Those of the codes that were found."""
        return tuple(code for code in codes if code in self.findings and self.findings[code].flagged)


@dataclass(frozen=True, eq=False)
class Judged:
    """`share` of the criterion's points, from 0 to 1; `next` is the one change that would gain most, and `gain`
    the share it could gain.  `error` has draws of how far the share may lie from an expert's, shape (RESAMPLES,);
    `parts` are the signals it was put together from."""

    share: Estimate
    why: str
    findings: tuple[str, ...] = ()
    next: str = ""
    gain: float = 0.0
    error: FloatArray | float = 0.0
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Part:
    """One signal of a criterion: its weight, how much of it is had (0 to 1), what was seen, what would gain it."""

    weight: float
    share: float
    seen: str
    advice: str


@dataclass(frozen=True)
class Scale:
    """What all parts of a criterion are multiplied by, and why."""

    factor: float
    seen: str = ""
    advice: str = ""


WHOLE = Scale(1.0)


def weighed(parts: tuple[Part, ...], findings: tuple[str, ...] = (), scale: Scale = WHOLE) -> Judged:
    """Parts by their weights, all scaled by one factor; what was seen becomes the reason."""
    whole = sum(part.weight for part in parts)
    had = sum(part.weight * part.share for part in parts) / whole
    most = max(parts, key=lambda part: part.weight * (1 - part.share))
    gain, advice = scale.factor * most.weight * (1 - most.share) / whole, most.advice
    if (1 - scale.factor) * had > gain:
        gain, advice = (1 - scale.factor) * had, scale.advice
    why = sentences(*(part.seen for part in parts), scale.seen)
    worth = gain >= LEAST_GAIN and bool(advice)
    told = (advice, gain) if worth else ("", 0.0)
    return Judged(constant(scale.factor * had), why, findings, *told, parts=parts)


def ramp(start: float, full: float) -> Callable[[FloatArray], FloatArray]:
    """From 0 at `start` to 1 at `full`, straight between, saturating outside; `full` may be the smaller."""
    return lambda values: np.clip((values - start) / (full - start), 0.0, 1.0)


def at(value: float, start: float, full: float) -> float:
    """`ramp` at one value."""
    return float(ramp(start, full)(np.asarray([value]))[0])


def fading(value: float, scale: float) -> float:
    """From 1 at 0 falling by about a factor e for every `scale`, to 0: for faults, of which the first weigh most."""
    least = np.exp(-ENOUGH_SCALES)
    return float(max((np.exp(-max(value, 0.0) / scale) - least) / (1 - least), 0.0))
