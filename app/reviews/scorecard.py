"""The scorecard of a debrief: six dimensions, four anchored levels, and how several cards come together.

Three dimensions more are for what a candidate changed live, each with levels of its own.

Behaviourally anchored levels rated independently and combined mechanically agree more between raters, and predict more,
than an overall impression does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
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
LIVE_DIMENSIONS: Mapping[str, str] = {
    "live-prediction": N_("Live: predicts what a change will do"),
    "live-change": N_("Live: makes the change"),
    "live-explanation": N_("Live: explains what it did"),
}
#: What each of them is rated by, level 1 first.
LIVE_LEVELS: Mapping[str, Sequence[str]] = {
    "live-prediction": (
        N_("gives no direction, or guesses"),
        N_("names the direction once prompted"),
        N_("names the direction and says why"),
        N_("names direction and size, and what would prove them wrong"),
    ),
    "live-change": (
        N_("does not find the place, or the code no longer runs"),
        N_("gets there with help, or mends the example alone"),
        N_("mends the cause, and the rest still works"),
        N_("mends the cause simply, and adds a test or a guard"),
    ),
    "live-explanation": (
        N_("repeats the figures"),
        N_("explains the result once prompted"),
        N_("explains the result by the change, and what differed from the prediction"),
        N_("explains it, bounds it by the interval, and names what to try next"),
    ),
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


class Live(IntEnum):
    """Whether a card rates what was changed live: not at all, where its owner likes, or in any case."""

    NOT_USED = 0
    ALLOWED = 1
    REQUIRED = 2


def dimensions(live: Live) -> Mapping[str, str]:
    """The dimensions of a card, with their titles."""
    return DIMENSIONS if live is Live.NOT_USED else {**DIMENSIONS, **LIVE_DIMENSIONS}


def objection(ratings: Mapping[str, int], live: Live = Live.NOT_USED, *, complete: bool = False) -> str | None:
    """What is wrong with ratings, or None; `complete` where none may be missing."""
    known = dimensions(live)
    unknown = sorted(set(ratings) - set(known))
    if unknown:
        return _("There is no dimension {name!r}. There are {names}.").format(name=unknown[0], names=", ".join(known))
    if any(level not in LEVELS for level in ratings.values()):
        return _("Levels go from 1 to 4.")
    needed = known if live is Live.REQUIRED else DIMENSIONS
    missing = [_(title) for name, title in needed.items() if name not in ratings]
    if complete and missing:
        return _("Still without a level: {names}. Choose one for each.").format(names=" · ".join(missing))
    return None


def combined(cards: Iterable[Mapping[str, int]]) -> tuple[Combined, ...]:
    """The mean of each dimension over the cards that rate it; one on live changes only where a card does."""
    given = list(cards)
    rated = [name for name in LIVE_DIMENSIONS if any(name in card for card in given)]
    return tuple(_combined(name, [card[name] for card in given if name in card]) for name in (*DIMENSIONS, *rated))


def _combined(dimension: str, levels: list[int]) -> Combined:
    mean = fmean(levels) if levels else None
    return Combined(dimension, mean, len(levels), bool(levels) and max(levels) - min(levels) >= DIVERGENCE)
