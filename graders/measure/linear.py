"""Numbers on rows that are not independent, with intervals that cost one pass instead of a thousand.

A statistic is kept beside its influence: what one more copy of each row would add to it.  The sum of the influences
over whole customers gives its standard error (the infinitesimal jackknife for clustered rows: Efron 1982, Liang and
Zeger 1986), differences of statistics on the same rows are paired by themselves, and bootstrap replicates for the
rubric are one product with the weights of the draws.  `benchmarks/coverage.py` measures how often the intervals hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from graders.model.arrays import FloatArray
from graders.model.report import Score

NORMAL = NormalDist()
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Linear:
    """A statistic of some rows; `influence` is float64 of shape (rows,) and sums to about 0."""

    value: float
    influence: FloatArray

    def __sub__(self, other: Linear) -> Linear:
        return Linear(self.value - other.value, self.influence - other.influence)

    def __add__(self, other: Linear) -> Linear:
        return Linear(self.value + other.value, self.influence + other.influence)

    def __truediv__(self, other: Linear) -> Linear:
        value = self.value / other.value
        return Linear(value, (self.influence - value * other.influence) / other.value)

    def times(self, factor: float) -> Linear:
        return Linear(factor * self.value, factor * self.influence)

    def on(self, mask: npt.NDArray[np.bool_]) -> Linear:
        """The same statistic of the rows of `mask`, as one of all rows: outside it nothing has influence."""
        spread = np.zeros(len(mask))
        spread[mask] = self.influence
        return Linear(self.value, spread)


class Clusters:
    """The units that rows belong to; rows of one are not independent."""

    def __init__(self, groups: npt.ArrayLike) -> None:
        self._member = np.unique(np.asarray(groups), return_inverse=True)[1]
        self._count = int(self._member.max(initial=-1)) + 1

    def error(self, of: Linear) -> float:
        """The standard error of a statistic of these rows."""
        sums = np.bincount(self._member, of.influence, self._count)
        moves = of.influence != 0
        touched = self._count if moves.all() else int(np.count_nonzero(np.bincount(self._member[moves])))
        return float(np.sqrt(np.sum(sums**2) * touched / max(touched - 1, 1)))

    def score(self, of: Linear, low: float = -np.inf, high: float = np.inf, level: float = LEVEL) -> Score:
        """Value and interval, clipped to where the quantity can lie."""
        reach = quantile(level) * self.error(of)
        return Score(of.value, max(low, of.value - reach), min(high, of.value + reach))

    def share(self, of: Linear, level: float = LEVEL) -> Score:
        """Value and interval of what lies between 0 and 1, taken on the log-odds scale, where small samples are
        nearer to normal."""
        value = float(of.value)
        if not 0 < value < 1:
            return self.score(of, 0, 1, level)
        odds, reach = np.log(value / (1 - value)), quantile(level) * self.error(of) / (value * (1 - value))
        return Score(value, *(float(1 / (1 + np.exp(-edge))) for edge in (odds - reach, odds + reach)))

    def p_value(self, of: Linear) -> float:
        """Two-sided: how often chance alone would lead so far from 0."""
        error = self.error(of)
        return two_sided(of.value / error) if error > 0 else float(of.value == 0)


def quantile(level: float) -> float:
    """The standard normal quantile of a two-sided interval."""
    return NORMAL.inv_cdf((1 + level) / 2)


def two_sided(z: float) -> float:
    return 2 * NORMAL.cdf(-abs(z))


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """p-values after Holm (1979): looking at many groups finds no more by chance than looking at one."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    adjusted, worst = [0.0] * len(values), 0.0
    for rank, i in enumerate(order):
        worst = max(worst, min(1.0, (len(values) - rank) * values[i]))
        adjusted[i] = worst
    return tuple(adjusted)
