"""Numbers in sentences."""

from __future__ import annotations

from graders.model import Score


def interval(score: Score, digits: int = 3) -> str:
    """`.790 (.778 to .802)`, with as many decimals as asked for."""
    return f"{score.value:.{digits}f} ({score.low:.{digits}f} to {score.high:.{digits}f})"


def plural(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
