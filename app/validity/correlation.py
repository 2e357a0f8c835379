"""Rank correlation with an interval, and nothing where too few people are behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from statistics import NormalDist
from typing import Literal

#: Of fewer people nothing is said.
FEWEST = 20
_Z = NormalDist().inv_cdf(0.975)

State = Literal["few", "constant", "measured"]


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of `people` pairs, with its 95 % interval.

    `few`: fewer than 20 people.  `constant`: all have the same on one side.  Both have no number.
    """

    state: State
    people: int
    rho: float | None = None
    low: float | None = None
    high: float | None = None


def spearman(pairs: Sequence[tuple[float, float]]) -> Correlation:
    """Of (points, outcome) pairs; ties share their mean rank.

    The interval is Fisher's, with the variance (1 + rho^2 / 2) / (n - 3) of Bonett and Wright (2000).
    """
    n = len(pairs)
    if n < FEWEST:
        return Correlation("few", n)
    left, right = (_ranks([pair[side] for pair in pairs]) for side in (0, 1))
    mean = (n + 1) / 2
    across = sum((a - mean) * (b - mean) for a, b in zip(left, right, strict=True))
    spread = sqrt(sum((a - mean) ** 2 for a in left) * sum((b - mean) ** 2 for b in right))
    if spread == 0:
        return Correlation("constant", n)
    rho = max(-1.0, min(1.0, across / spread))
    if abs(rho) == 1:
        return Correlation("measured", n, rho, rho, rho)
    half = _Z * sqrt((1 + rho**2 / 2) / (n - 3))
    return Correlation("measured", n, rho, tanh(atanh(rho) - half), tanh(atanh(rho) + half))


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for i in order[start : end + 1]:
            ranks[i] = (start + end) / 2 + 1
        start = end + 1
    return ranks
