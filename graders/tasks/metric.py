"""What a metric is: a frozen value that says everything the judgement has to know of it.

Adding one is an entry in its family's module and a row in `tests/graders/tasks/test_metric.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graders.model.arrays import FloatArray, Truth

#: How often each row is counted, or each group of rows, one line for each way of counting; shape (ways, rows).
Counts = npt.NDArray[np.uint8]
#: The group of each row, by number.
Members = npt.NDArray[np.intp]
#: The relative step at which the slope of a function of sums is taken.
STEP = 1e-6


@dataclass(frozen=True)
class Sums:
    """A metric that is a function of sums over the rows, as most are.

    `parts` gives the numbers of each row, shape (rows, n).  `of` makes the metric of their sums, shape (..., n), for
    each line of them.  Twice all rows is the same metric, so that the sums need not be divided by anything.
    """

    parts: Callable[[Truth, FloatArray], FloatArray]
    of: Callable[[FloatArray], FloatArray]

    def value(self, truth: Truth, answers: FloatArray, weights: FloatArray | None = None) -> float:
        """The metric where each row counts `weights` times, or once; NaN where it has none."""
        return float(self.of(self._counted(truth, answers, weights).sum(axis=0)))

    def influence(self, truth: Truth, answers: FloatArray, weights: FloatArray | None = None) -> FloatArray:
        """What one more copy of each row adds to the metric, shape (rows,); its sum is about 0."""
        return self.linear(truth, answers, weights)[1]

    def linear(self, truth: Truth, answers: FloatArray, weights: FloatArray | None) -> tuple[float, FloatArray]:
        """Both, for the work of one, by the slope at the sums themselves (the infinitesimal jackknife: Efron 1982)."""
        parts = self._counted(truth, answers, weights)
        sums = parts.sum(axis=0)
        steps = STEP * np.maximum(np.abs(sums), STEP)
        moved = np.diag(steps)
        slopes: FloatArray = (self.of(sums + moved) - self.of(sums - moved)) / (2 * steps)
        found: FloatArray = parts @ slopes
        return float(self.of(sums)), found

    def _counted(self, truth: Truth, answers: FloatArray, weights: FloatArray | None) -> FloatArray:
        parts = self.parts(truth, answers)
        return parts if weights is None else parts * weights[:, None]


@dataclass(frozen=True)
class Ranks:
    """A metric of the order of the answers.

    `counted` gives a function of Counts of groups, with the ranking done once.  `linear` gives value and influence.
    """

    counted: Callable[[Truth, FloatArray, Members], Callable[[Counts], FloatArray]]
    linear: Callable[[Truth, FloatArray, FloatArray | None], tuple[float, FloatArray]]

    def value(self, truth: Truth, answers: FloatArray, weights: FloatArray | None = None) -> float:
        return self.linear(truth, answers, weights)[0]

    def influence(self, truth: Truth, answers: FloatArray, weights: FloatArray | None = None) -> FloatArray:
        return self.linear(truth, answers, weights)[1]


@dataclass(frozen=True)
class Metric:
    """One way of scoring answers.

    name: scikit-learn's, and the key that `evaluate` returns.  title: in sentences, after "the".
    higher: whether more is better.  low, high: where it can lie.  target_unit: whether it is told in the target's
    unit.  least: no answer may be below this, where the metric has no value then; -inf where any may.
    score: scikit-learn's value of (truth, answers).  statistic: the same from sums or ranks, for intervals.
    squared: whether the errors go in squared, so that a tenth more error is a fifth more of the metric.
    rooted: whether it is a root, which candidates take themselves of the metric without it.
    by_class: whether it has no value, or another meaning, on rows where a class is missing.
    """

    name: str
    title: str
    score: Callable[[Truth, FloatArray], float]
    statistic: Sums | Ranks
    higher: bool = False
    low: float = 0.0
    high: float = np.inf
    target_unit: bool = False
    least: float = -np.inf
    squared: bool = False
    rooted: bool = False
    by_class: bool = False

    def better(self, first: float, second: float) -> float:
        """By how much the first value is better than the second; negative where it is worse."""
        return self.sign * (first - second)

    @property
    def sign(self) -> float:
        """1 where more is better, -1 where less is."""
        return 1.0 if self.higher else -1.0

    def best(self, values: FloatArray) -> float:
        """The best of some values, those that are none left out."""
        return float(np.nanmax(values) if self.higher else np.nanmin(values))

    @property
    def bounded(self) -> bool:
        """Whether the metric lies between two numbers, as a share does."""
        return bool(np.isfinite([self.low, self.high]).all())

    def within(self, value: float) -> bool:
        """Whether a value can be one of this metric."""
        return self.low <= value <= self.high


def mean_of(numbers: Callable[[Truth, FloatArray], FloatArray]) -> Callable[[Truth, FloatArray], FloatArray]:
    """The parts of a mean over rows: the number of each row, and that there is one."""

    def parts(truth: Truth, answers: FloatArray) -> FloatArray:
        own = numbers(truth, answers)
        return np.column_stack([own, np.ones(len(own))])

    return parts


def average(sums: FloatArray) -> FloatArray:
    """The mean, of the sums of `mean_of`."""
    found: FloatArray = sums[..., 0] / sums[..., 1]
    return found
