"""Numbers in sentences."""

from __future__ import annotations

from graders.model.report import Score


def interval(score: Score, digits: int = 3) -> str:
    """`.790 (.778 to .802)`, with as many decimals as asked for."""
    value, low, high = (f"{number:z.{digits}f}" for number in (score.value, score.low, score.high))
    return f"{value} ({low} to {high})"


def plural(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
