"""Two to four candidates side by side: what can be told apart and what cannot.  Nobody is ranked.

Two scores are told apart where the 95 % interval of their difference leaves out zero: half its width is
sqrt(a^2 + b^2) for independent scores with intervals of half-widths a and b.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from typing import Any

from app.words import _


@dataclass(frozen=True)
class Measured:
    """A score, or a section's points, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def measured(self) -> bool:
        """Whether anything is known of its noise."""
        return self.high > self.low


@dataclass(frozen=True)
class Side:
    """One candidate's counting report, as it is compared.  `basis` must be equal for scores to be comparable."""

    invitation_id: str
    bands: tuple[int, ...]
    caps: tuple[str, ...]
    basis: tuple[str, ...]
    scores: Mapping[str, Measured]


@dataclass(frozen=True)
class Pair:
    """`apart` names what of two candidates can be told apart; `why_not` says why nothing can be compared at all."""

    one: str
    other: str
    apart: tuple[str, ...]
    why_not: str = ""

    @property
    def distinguishable(self) -> bool:
        """Whether the totals can be told apart."""
        return "overall" in self.apart


BASIS = ("challenge", "challenge version", "hidden data", "rubric version", "grader version")


def side(invitation_id: str, basis: tuple[str, ...], summary: Mapping[str, Any]) -> Side:
    """From the summary that is kept beside a grading."""
    scores = {"overall": _measured(summary, "score")}
    scores |= {section["id"]: _measured(section, "points") for section in summary["sections"]}
    known = {name: score for name, score in scores.items() if score is not None}
    return Side(invitation_id, tuple(summary["bands"]), tuple(summary["caps"]), basis, known)


def pairs(sides: Sequence[Side]) -> tuple[Pair, ...]:
    """Every two of them."""
    return tuple(_pair(one, other) for one, other in combinations(sides, 2))


def told_apart(first: Measured, other: Measured) -> bool:
    """Whether the difference of two scores is more than their noise.

    Intervals need not be symmetric: each counts with the half that faces the other score.
    Where one has no width its noise is not known, and nothing is claimed.
    """
    if not (first.measured and other.measured):
        return False
    lower, upper = sorted((first, other), key=lambda score: score.value)
    return upper.value - lower.value > hypot(lower.high - lower.value, upper.value - upper.low)


def _pair(first: Side, other: Side) -> Pair:
    differing = [name for name, a, b in zip(BASIS, first.basis, other.basis, strict=True) if a != b]
    if differing:
        return Pair(
            first.invitation_id,
            other.invitation_id,
            (),
            _("Their gradings differ in this: {names}.").format(names=", ".join(differing)),
        )
    shared = [name for name in first.scores if name in other.scores]
    apart = tuple(name for name in shared if told_apart(first.scores[name], other.scores[name]))
    return Pair(first.invitation_id, other.invitation_id, apart)


def _measured(node: Mapping[str, Any], name: str) -> Measured | None:
    values = (node[name], node["low"], node["high"])
    return None if None in values else Measured(*map(float, values))
