"""Numbers in sentences."""

from __future__ import annotations

from graders.model.challenge import Challenge
from graders.model.report import Score
from graders.tasks.metric import Metric

#: A smaller share would be rounded to nothing.
LEAST_SHOWN = 0.005


def interval(score: Score, digits: int = 3) -> str:
    """`.790 (.778 to .802)`, with as many decimals as asked for."""
    value, low, high = (f"{number:z.{digits}f}" for number in (score.value, score.low, score.high))
    return f"{value} ({low} to {high})"


def heading(metric: Metric) -> str:
    """The title of a metric at the beginning of a sentence."""
    return metric.title[0].upper() + metric.title[1:]


def unit_word(challenge: Challenge) -> str:
    """What the rows of one statistical unit share, in a word: `customer` of `customer_id`; `row` without one."""
    return (challenge.group or "row").removesuffix("_id").replace("_", " ")


def plural(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def percent(share: float) -> str:
    """A share from 0 to 1 in words that stay true when it is rounded: `none`, `under 1%`, `12%`, `over 99%`, `all`."""
    if share in (0, 1):
        return "all" if share else "none"
    return "under 1%" if share < LEAST_SHOWN else "over 99%" if share > 1 - LEAST_SHOWN else f"{share:.0%}"
