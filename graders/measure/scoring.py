"""Metrics on the hidden rows, with intervals from a bootstrap of whole customers.

Rows of one customer are not independent, so customers are drawn, not rows (a cluster bootstrap: Field and
Welsh 2007).  Every estimate of one report uses the same draws, which makes differences and the whole
score paired.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graders.model.arrays import FloatArray, IntArray, Truth
from graders.model.report import Score
from graders.tasks.decisions import decided
from graders.tasks.metric import Counts, Metric, Sums
from graders.tasks.ranking import Ranking

RESAMPLES = 1000
#: Two predictions closer than this are the same: batch size alone moves one by about 1e-12, through the order of sums.
SAME = 1e-6
#: Resamples handled at once, and counts of rows: a temporary of either takes no more than 16 and 160 MB.
BLOCK, COUNTS, PRODUCT = 50, 2_000_000, 20_000_000
BINS = 10
#: Degrees of freedom from which an interval is that of a normal spread, and below which a few units decide it.
MANY, FEW, NORMAL = 100.0, 20.0, 1.959964


def same_claim(first: float, second: float) -> bool:
    """Whether two claims are one but for rounding, whatever unit they are told in."""
    return abs(first - second) <= SAME * max(1.0, abs(first), abs(second))


@dataclass(frozen=True, eq=False)
class Estimate:
    """A number and its bootstrap replicates, float64 of shape (RESAMPLES,).

    `freedom` says how well their spread is known, in degrees of freedom: few where few units decide the number.
    """

    value: float
    replicates: FloatArray
    freedom: float = math.inf

    def map(self, function: Callable[[FloatArray], FloatArray]) -> Estimate:
        """The estimate of an elementwise function of this one."""
        value = float(function(np.asarray([self.value]))[0])
        return Estimate(value, function(self.replicates), self.freedom)

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(self.value - other.value, self.replicates - other.replicates, self._with(other))

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.value + other.value, self.replicates + other.replicates, self._with(other))

    def __truediv__(self, other: Estimate) -> Estimate:
        return Estimate(self.value / other.value, self.replicates / other.replicates, self._with(other))

    def _with(self, other: Estimate) -> float:
        return min(self.freedom, other.freedom)

    @property
    def rests_on_few(self) -> bool:
        """Whether so few units decide the number that its interval may still be too narrow."""
        return self.freedom < FEW

    @property
    def standard_error(self) -> float:
        return float(np.std(_drawn(self.replicates), ddof=1)) * self._wider

    @property
    def _wider(self) -> float:
        """By how much wider an interval is than one of a normal spread."""
        from scipy.special import stdtrit  # noqa: PLC0415 - slow to load, and who reads code alone needs no interval

        return float(stdtrit(self.freedom, 0.975)) / NORMAL if self.freedom < MANY else 1.0

    def score(self, low: float = -np.inf, high: float = np.inf, error: FloatArray | float = 0.0) -> Score:
        """Value and 95 % interval: percentiles of the replicates after their bias is taken out, clipped to
        where the quantity can lie.  `error` has draws of what else may be wrong, shape (RESAMPLES,).

        Where few units decide the number, it is wider by the t-quantile of its degrees of freedom."""
        centred = self.replicates - (float(np.mean(_drawn(self.replicates))) - self.value) + error
        bounds = np.percentile(_drawn(centred), [2.5, 97.5])
        if self.freedom < MANY:
            bounds = self.value + (bounds - self.value) * self._wider
        bounds = np.clip(bounds, low, high)
        return Score(self.value, min(float(bounds[0]), self.value), max(float(bounds[1]), self.value))


def _drawn(replicates: FloatArray) -> FloatArray:
    """Those that have a value: a draw without a row of a rare class says nothing of how well it is ranked."""
    lost = np.isnan(replicates)
    return replicates if not lost.any() or lost.all() else replicates[~lost]


def constant(value: float) -> Estimate:
    """A number that does not depend on which hidden rows were drawn."""
    return Estimate(value, np.full(RESAMPLES, value))


def proportion(hits: int, trials: int, seed: int) -> Estimate:
    """A share of `trials`, with draws from its posterior under Jeffreys' prior (Brown, Cai and DasGupta 2001)."""
    drawn = np.random.default_rng(seed).beta(hits + 0.5, trials - hits + 0.5, RESAMPLES)
    return Estimate(hits / trials, drawn)


def draw(groups: npt.ArrayLike, seed: int) -> Counts:
    """How often each row occurs in each resample of whole groups; shape (RESAMPLES, rows)."""
    members = np.unique(np.asarray(groups), return_inverse=True)[1]
    return draw_groups(int(members.max()) + 1, seed)[:, members]


def draw_groups(count: int, seed: int) -> Counts:
    """How often each of `count` groups occurs in each resample of as many; shape (RESAMPLES, count)."""
    rng, times = np.random.default_rng(seed), np.empty((RESAMPLES, count), np.uint8)
    for row in times:  # by themselves, as the numbers of all draws of a large table take some GB
        row[:] = np.bincount(rng.integers(0, count, size=count), minlength=count)
    return times


class Bootstrap:
    """Estimates on one fixed set of labelled rows, all from the same draws."""

    def __init__(self, labels: Truth, groups: npt.ArrayLike, seed: int) -> None:
        self._labels = labels
        self._members = np.unique(np.asarray(groups), return_inverse=True)[1]
        self._times = draw_groups(int(self._members.max()) + 1, seed)

    def metric(self, metric: Metric, answers: FloatArray) -> Estimate:
        """The estimate of any metric; NaN where it has no value on these rows or on a draw of them."""
        statistic = metric.statistic
        if isinstance(statistic, Sums):
            by_group = self._by_group(statistic.parts(self._labels, answers))
            own = statistic.of(by_group.sum(axis=0, keepdims=True))
            found = Estimate(float(own[0]), statistic.of(self._drawn(by_group)))
        else:
            found = self._estimate(statistic.counted(self._labels, answers, self._members))
        return replace(found, freedom=self._freedom(metric, answers))

    def _freedom(self, metric: Metric, answers: FloatArray) -> float:
        """Degrees of freedom of the spread, by the fourth moment of what each unit adds (Satterthwaite 1946); of what
        each class decides no more than the units that the rarest has."""
        influence = metric.statistic.influence(self._labels, answers)
        squares = np.bincount(self._members, influence) ** 2
        whole = float(np.sum(squares**2))
        found = max(2 * float(np.sum(squares)) ** 2 / whole, 1.0) if whole > 0 else math.inf
        if not metric.by_class or answers.ndim == 1:
            return found
        units = min(len(np.unique(self._members[self._labels == number])) for number in range(answers.shape[1]))
        return min(found, max(units - 1.0, 1.0))

    def roc_auc(self, scores: FloatArray) -> Estimate:
        return self._estimate(Ranking(self._labels, scores, self._members).roc_auc)

    def average_precision(self, scores: FloatArray) -> Estimate:
        return self._estimate(Ranking(self._labels, scores, self._members).average_precision)

    def brier(self, scores: FloatArray) -> Estimate:
        return self._of_sums(((scores - self._labels) ** 2)[:, None], lambda sums: sums[:, 0])

    def calibration_error(self, told: FloatArray, happened: Truth) -> Estimate:
        """Expected calibration error over ten bins of equally many rows (Naeini et al. 2015): how far what was told
        lies from what happened, on average over the bins."""
        excess = np.zeros((len(told), BINS))
        excess[np.arange(len(told)), equal_bins(told)] = told - happened
        return self._of_sums(excess, lambda sums: np.abs(sums).sum(axis=1))

    def linear(self, values: FloatArray, influences: FloatArray) -> tuple[Estimate, ...]:
        """The estimates of statistics of which one more copy of row i adds `influences[:, i]`."""
        by_group = self._by_group(influences.T)
        replicates = values + self._drawn(by_group) - by_group.sum(axis=0)
        return tuple(Estimate(float(value), replicates[:, i]) for i, value in enumerate(values))

    def _of_sums(self, numbers: FloatArray, statistic: Callable[[FloatArray], FloatArray]) -> Estimate:
        """A function of the sums over the rows of `numbers`, shape (rows, n), divided by the number of rows."""
        numbers = np.column_stack([numbers, np.ones(len(numbers))])
        by_group = self._by_group(numbers)
        drawn = self._drawn(by_group)
        own, replicates = (
            statistic(sums[:, :-1]) / sums[:, -1] for sums in (by_group.sum(axis=0, keepdims=True), drawn)
        )
        return Estimate(float(own[0]), replicates)

    def _by_group(self, numbers: FloatArray) -> FloatArray:
        """Sums over the rows of each group, shape (groups, n), of numbers of shape (rows, n)."""
        count = self._times.shape[1]
        return np.stack([np.bincount(self._members, column, count) for column in numbers.T], axis=1)

    def _estimate(self, statistic: Callable[[Counts], FloatArray]) -> Estimate:
        value = float(statistic(np.ones((1, self._times.shape[1]), dtype=np.uint8))[0])
        parts = [statistic(times) for times in self._blocks(COUNTS, len(self._members), BLOCK)]
        return Estimate(value, np.concatenate(parts))

    def _drawn(self, by_group: FloatArray) -> FloatArray:
        """Sums over the groups of each resample, shape (RESAMPLES, n), of numbers of shape (groups, n)."""
        parts = [times.astype(np.float64) @ by_group for times in self._blocks(PRODUCT, self._times.shape[1])]
        return np.concatenate(parts)

    def _blocks(self, counts: int, width: int, most: int = RESAMPLES) -> Iterator[Counts]:
        """Some resamples after others, `width` counts each: no more than `counts`, nor more than `most` resamples."""
        size = max(min(counts // width, most), 1)
        return (self._times[start : start + size] for start in range(0, RESAMPLES, size))


def roc_auc(labels: IntArray, scores: FloatArray) -> float:
    """The area under the ROC curve, ties counting half; NaN with a single class."""
    with np.errstate(invalid="ignore"):
        return float(Ranking(labels, scores).roc_auc(np.ones((1, len(labels)), dtype=np.uint8))[0])


def equal_bins(scores: FloatArray) -> IntArray:
    """For each row the number of its bin, 0 to BINS - 1, bins holding equally many rows; ties share a bin."""
    edges = np.quantile(scores, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(edges, scores, side="right").astype(np.int64)


def roc_curve(labels: IntArray, scores: FloatArray, points: int = 120) -> tuple[tuple[float, float], ...]:
    """The ROC curve as (false positive rate, true positive rate), thinned to about `points` points."""
    hits, rows = _caught(labels, scores)
    false = rows - hits
    keep = np.unique(np.linspace(0, len(rows) - 1, points).astype(int))
    curve = zip(false[keep] / false[-1], hits[keep] / hits[-1], strict=True)
    return ((0.0, 0.0), *((float(x), float(y)) for x, y in curve))


def precision_recall_curve(labels: IntArray, scores: FloatArray, points: int = 60) -> tuple[tuple[float, float], ...]:
    """The precision-recall curve as (recall, precision), thinned to about `points` points spread over the recall."""
    hits, rows = _caught(labels, scores)
    recall = hits / hits[-1]
    keep = np.unique(np.searchsorted(recall, np.linspace(recall[0], 1, points)))
    return tuple((float(recall[i]), float(hits[i] / rows[i])) for i in keep)


def _caught(labels: IntArray, scores: FloatArray) -> tuple[IntArray, IntArray]:
    """For each distinct score from the highest: positive rows, and all rows, with at least that score."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.r_[np.diff(scores[order]) != 0, True])
    return np.cumsum(labels[order])[last], last + 1


def reachable(labels: IntArray, scores: FloatArray, rate: float) -> dict[str, float]:
    """The most that any threshold gives of each metric, were a share `rate` of the rows positive; and the average
    precision."""
    hits, rows = _caught(labels, scores)
    caught, alarmed = hits / hits[-1], (rows - hits) / max(len(labels) - int(hits[-1]), 1)
    true, false = rate * caught, (1 - rate) * alarmed
    precision = true / (true + false)
    return {
        "f1": float((2 * true / (true + false + rate)).max()),
        "accuracy": float(max((true + 1 - rate - false).max(), 1 - rate)),
        "balanced_accuracy": float((caught + 1 - alarmed).max() / 2),
        "average_precision": float((np.diff(caught, prepend=0) * precision).sum()),
    }


def by_tenth(truth: Truth, answers: FloatArray) -> tuple[tuple[float, float, float, float, int], ...]:
    """For each bin of `equal_bins`: mean prediction, mean truth, the truth's lower and upper tenth, rows."""
    bins = equal_bins(answers)
    parts = [(answers[bins == b], truth[bins == b]) for b in np.unique(bins)]
    tenths = [np.quantile(real, [0.1, 0.9]) for _, real in parts]
    return tuple(
        (float(told.mean()), float(real.mean()), float(low), float(high), len(told))
        for (told, real), (low, high) in zip(parts, tenths, strict=True)
    )


def confusion(truth: Truth, answers: FloatArray) -> tuple[tuple[int, ...], ...]:
    """How often a row of each class (down) was given each class (across)."""
    count = answers.shape[1]
    cells = np.bincount(truth.astype(np.intp) * count + decided(answers), minlength=count**2)
    return tuple(tuple(map(int, row)) for row in cells.reshape(count, count))


def calibration_curve(labels: Truth, scores: FloatArray) -> tuple[tuple[float, float, int], ...]:
    """For each bin of `equal_bins`: mean prediction, observed rate, rows."""
    bins = equal_bins(scores)
    present = np.unique(bins)
    return tuple(
        (float(scores[bins == b].mean()), float(labels[bins == b].mean()), int((bins == b).sum())) for b in present
    )
