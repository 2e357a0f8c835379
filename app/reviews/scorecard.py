"""The scorecard of a debrief: six dimensions, four anchored levels, and how several cards come together.

Behaviourally anchored levels rated independently and combined mechanically agree more between raters, and predict more,
than an overall impression does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from app.words import N_, _
from graders import debrief

DIMENSIONS: Mapping[str, str] = {
    "explanation": N_("Explains their own work"),
    "trade-offs": N_("Weighs accuracy against latency, cost and upkeep"),
    "monitoring": N_("Knows how to watch the model once it is live"),
    "fairness": N_("Sees what data collection and bias do to people"),
    "flaws": N_("Deals with a flaw that was found"),
    "collaboration": N_("Works with others in review"),
}
LEVELS: Mapping[int, str] = dict(enumerate(debrief.LEVELS, 1))
#: Two cards this far apart are talked about before their mean is.
DIVERGENCE = 2


@dataclass(frozen=True)
class Combined:
    """One dimension over all locked cards: their mean, how many, and whether they are too far apart for a mean."""

    dimension: str
    mean: float | None
    count: int
    divergent: bool


def objection(ratings: Mapping[str, int], *, complete: bool = False) -> str | None:
    """What is wrong with ratings, or None; `complete` where none may be missing."""
    unknown = sorted(set(ratings) - set(DIMENSIONS))
    if unknown:
        return _("There is no dimension {name!r}. There are {names}.").format(
            name=unknown[0], names=", ".join(DIMENSIONS)
        )
    if any(level not in LEVELS for level in ratings.values()):
        return _("Levels go from 1 to 4.")
    missing = [_(title) for name, title in DIMENSIONS.items() if name not in ratings]
    if complete and missing:
        return _("Still without a level: {names}. Choose one for each.").format(names="; ".join(missing))
    return None


def combined(cards: Iterable[Mapping[str, int]]) -> tuple[Combined, ...]:
    """The mean of each dimension over the cards that rate it."""
    given = list(cards)
    return tuple(_combined(name, [card[name] for card in given if name in card]) for name in DIMENSIONS)


def _combined(dimension: str, levels: list[int]) -> Combined:
    mean = fmean(levels) if levels else None
    return Combined(dimension, mean, len(levels), bool(levels) and max(levels) - min(levels) >= DIVERGENCE)
