"""Metrics on the hidden rows, with intervals from a bootstrap of whole customers.

Rows of one customer are not independent, so customers are drawn, not rows (a cluster bootstrap: Field and
Welsh 2007).  Every estimate of one report uses the same draws, which makes differences and the whole
score paired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graders.model import FloatArray, IntArray, Score

RESAMPLES = 1000
#: Two predictions closer than this are the same: batch size alone moves one by about 1e-12, through the order of sums.
SAME = 1e-6
BLOCK = 50  # resamples handled at once: bounds the working memory to about 50 x rows x 8 bytes a temporary
BINS = 10


@dataclass(frozen=True, eq=False)
class Estimate:
    """A number and its bootstrap replicates, float64 of shape (RESAMPLES,)."""

    value: float
    replicates: FloatArray

    def map(self, function: Callable[[FloatArray], FloatArray]) -> Estimate:
        """The estimate of an elementwise function of this one."""
        value = float(function(np.asarray([self.value]))[0])
        return Estimate(value, function(self.replicates))

    def __sub__(self, other: Estimate) -> Estimate:
        return Estimate(self.value - other.value, self.replicates - other.replicates)

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.value + other.value, self.replicates + other.replicates)

    def __truediv__(self, other: Estimate) -> Estimate:
        return Estimate(self.value / other.value, self.replicates / other.replicates)

    @property
    def standard_error(self) -> float:
        return float(np.std(self.replicates, ddof=1))

    def score(self, low: float = -np.inf, high: float = np.inf) -> Score:
        """Value and 95 % interval: percentiles of the replicates after their bias is taken out, clipped to
        where the quantity can lie."""
        centred = self.replicates - (float(np.mean(self.replicates)) - self.value)
        bounds = np.clip(np.percentile(centred, [2.5, 97.5]), low, high)
        return Score(self.value, min(float(bounds[0]), self.value), max(float(bounds[1]), self.value))


def constant(value: float) -> Estimate:
    """A number that does not depend on which hidden rows were drawn."""
    return Estimate(value, np.full(RESAMPLES, value))


def proportion(hits: int, trials: int, seed: int) -> Estimate:
    """A share of `trials`, with draws from its posterior under Jeffreys' prior (Brown, Cai and DasGupta 2001)."""
    drawn = np.random.default_rng(seed).beta(hits + 0.5, trials - hits + 0.5, RESAMPLES)
    return Estimate(hits / trials, drawn)


def draw(groups: npt.ArrayLike, seed: int) -> npt.NDArray[np.uint8]:
    """How often each row occurs in each resample of whole groups; shape (RESAMPLES, rows)."""
    members = np.unique(np.asarray(groups), return_inverse=True)[1]
    count = int(members.max()) + 1
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, count, size=(RESAMPLES, count))
    times = np.stack([np.bincount(row, minlength=count) for row in chosen])
    return times.astype(np.uint8)[:, members]


class Bootstrap:
    """Estimates on one fixed set of labelled rows, all from the same draws."""

    def __init__(self, labels: IntArray, groups: npt.ArrayLike, seed: int) -> None:
        self._labels = labels.astype(np.float64)
        self._draws = draw(groups, seed)

    def roc_auc(self, scores: FloatArray) -> Estimate:
        return self._estimate(_Ranking(self._labels, scores).roc_auc)

    def average_precision(self, scores: FloatArray) -> Estimate:
        return self._estimate(_Ranking(self._labels, scores).average_precision)

    def brier(self, scores: FloatArray) -> Estimate:
        error = (scores - self._labels) ** 2
        return self._estimate(lambda weights: weights @ error / weights.sum(axis=1))

    def calibration_error(self, scores: FloatArray) -> Estimate:
        """Expected calibration error over ten bins of equally many rows (Naeini et al. 2015)."""
        bins = equal_bins(scores)
        excess = np.zeros((len(scores), BINS))
        excess[np.arange(len(scores)), bins] = scores - self._labels
        return self._estimate(lambda weights: np.abs(weights @ excess).sum(axis=1) / weights.sum(axis=1))

    def linear(self, values: FloatArray, influences: FloatArray) -> tuple[Estimate, ...]:
        """The estimates of statistics of which one more copy of row i adds `influences[:, i]`."""
        parts = [
            (self._draws[start : start + BLOCK].astype(np.float64) - 1) @ influences.T
            for start in range(0, RESAMPLES, BLOCK)
        ]
        replicates = values + np.concatenate(parts)
        return tuple(Estimate(float(value), replicates[:, i]) for i, value in enumerate(values))

    def _estimate(self, statistic: Callable[[FloatArray], FloatArray]) -> Estimate:
        value = float(statistic(np.ones((1, len(self._labels))))[0])
        parts = [
            statistic(self._draws[start : start + BLOCK].astype(np.float64)) for start in range(0, RESAMPLES, BLOCK)
        ]
        return Estimate(value, np.concatenate(parts))


class _Ranking:
    """Rows sorted by score once; statistics for many weightings of them, shape (weightings, rows)."""

    def __init__(self, labels: FloatArray, scores: FloatArray) -> None:
        self._order = np.argsort(scores, kind="stable")
        self._labels = labels[self._order]
        ordered = scores[self._order]
        self._starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])

    def _tied(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Weight of positives and negatives in each group of tied scores, ascending."""
        ranked = weights[:, self._order]
        positive = np.add.reduceat(ranked * self._labels, self._starts, axis=1)
        return positive, np.add.reduceat(ranked, self._starts, axis=1) - positive

    def roc_auc(self, weights: FloatArray) -> FloatArray:
        """Mann-Whitney: the share of (positive, negative) pairs ranked rightly, ties counting half."""
        positive, negative = self._tied(weights)
        below = np.cumsum(negative, axis=1) - negative / 2
        pairs = positive.sum(axis=1) * negative.sum(axis=1)
        result: FloatArray = (positive * below).sum(axis=1) / pairs
        return result

    def average_precision(self, weights: FloatArray) -> FloatArray:
        positive, negative = (part[:, ::-1] for part in self._tied(weights))
        hits = np.cumsum(positive, axis=1)
        precision = hits / np.maximum(hits + np.cumsum(negative, axis=1), 1e-12)
        result: FloatArray = (positive * precision).sum(axis=1) / positive.sum(axis=1)
        return result


def roc_auc(labels: IntArray, scores: FloatArray) -> float:
    """The area under the ROC curve, ties counting half; NaN with a single class."""
    ranking = _Ranking(labels.astype(np.float64), scores)
    with np.errstate(invalid="ignore"):
        return float(ranking.roc_auc(np.ones((1, len(labels))))[0])


def equal_bins(scores: FloatArray) -> IntArray:
    """For each row the number of its bin, 0 to BINS - 1, bins holding equally many rows; ties share a bin."""
    edges = np.quantile(scores, np.linspace(0, 1, BINS + 1)[1:-1])
    return np.searchsorted(edges, scores, side="right").astype(np.int64)


def roc_curve(labels: IntArray, scores: FloatArray, points: int = 120) -> tuple[tuple[float, float], ...]:
    """The ROC curve as (false positive rate, true positive rate), thinned to about `points` points."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.r_[np.diff(scores[order]) != 0, True])
    hits = np.cumsum(labels[order])[last]
    false = last + 1 - hits
    keep = np.unique(np.linspace(0, len(last) - 1, points).astype(int))
    curve = zip(false[keep] / false[-1], hits[keep] / hits[-1], strict=True)
    return ((0.0, 0.0), *((float(x), float(y)) for x, y in curve))


def calibration_curve(labels: IntArray, scores: FloatArray) -> tuple[tuple[float, float, int], ...]:
    """For each bin of `equal_bins`: mean prediction, observed rate, rows."""
    bins = equal_bins(scores)
    present = np.unique(bins)
    return tuple(
        (float(scores[bins == b].mean()), float(labels[bins == b].mean()), int((bins == b).sum())) for b in present
    )
