"""Metrics of the order in which answers put the rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from graders.model.arrays import FloatArray, IntArray, Truth
from graders.tasks.metric import Counts, Members, Metric, Ranks
from graders.words import say

OneWay = Callable[[Counts], FloatArray]


class Ranking:
    """Rows ranked by score once; statistics for many ways of counting them, shape (ways, rows).

    With `members`, the group of each row, groups are counted in place of rows.
    """

    def __init__(self, labels: Truth, scores: FloatArray, members: Members | None = None) -> None:
        self._positive, self._negative = (_ascending(np.flatnonzero(labels == label), scores) for label in (1, 0))
        own, others = scores[self._positive], scores[self._negative]
        self._hits_below = np.searchsorted(own, own, side="left")  # positives scored below each positive
        self._below = np.searchsorted(others, own, side="left")  # negatives below, and not above, each positive
        self._not_above = np.searchsorted(others, own, side="right")
        if members is not None:
            self._positive, self._negative = members[self._positive], members[self._negative]

    def roc_auc(self, counts: Counts) -> FloatArray:
        """Mann-Whitney: the share of (positive, negative) pairs ranked rightly, ties counting half.

        NaN where a draw has no row of one of the two.
        """
        positive = counts.take(self._positive, axis=1).astype(np.float64)
        negative = _running(counts.take(self._negative, axis=1))
        twice = negative.take(self._below, axis=1) + negative.take(self._not_above, axis=1)
        pairs = positive.sum(axis=1) * negative[:, -1]
        rightly = np.einsum("ij,ij->i", positive, twice)
        result: FloatArray = np.divide(rightly, 2 * pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)
        return result

    def average_precision(self, counts: Counts) -> FloatArray:
        """The mean over positives of the precision among all rows scored no lower (Zhu 2004); NaN without any."""
        positive = counts.take(self._positive, axis=1)
        hits, false = _running(positive), _running(counts.take(self._negative, axis=1))
        hits_here = hits[:, -1:] - hits.take(self._hits_below, axis=1)
        selected = hits_here + false[:, -1:] - false.take(self._below, axis=1)
        own = np.multiply(positive, hits_here / np.maximum(selected, 1), order="F")  # summed one after another
        among = hits[:, -1]
        result: FloatArray = np.divide(own.sum(axis=1), among, out=np.full(len(among), np.nan), where=among > 0)
        return result


def _ascending(rows: npt.NDArray[np.intp], scores: FloatArray) -> npt.NDArray[np.intp]:
    return rows[np.argsort(scores[rows], kind="stable")]


def _running(counts: Counts) -> npt.NDArray[np.int32]:
    """Sums of the first 0, 1, ... of each row of `counts`."""
    sums = np.zeros((len(counts), counts.shape[1] + 1), dtype=np.int32)
    np.cumsum(counts, axis=1, dtype=np.int32, out=sums[:, 1:])
    return sums


def area(labels: npt.ArrayLike, scores: FloatArray, weights: FloatArray | None = None) -> tuple[float, FloatArray]:
    """Area under the ROC curve, ties counting half, with its influence; NaN where a class is missing."""
    order = np.argsort(scores, kind="stable")
    positive = np.asarray(labels)[order] == 1
    counts = np.ones(len(scores)) if weights is None else weights[order]
    if not counts[positive].sum() > 0 or not counts[~positive].sum() > 0:
        return float("nan"), np.zeros(len(scores))
    below = _share_below(scores[order], np.where(positive, 0.0, counts))  # of the negatives
    above = 1 - _share_below(scores[order], np.where(positive, counts, 0.0))  # of the positives
    of_class = np.where(positive, counts[positive].sum(), counts[~positive].sum())
    value = float(counts[positive] @ below[positive] / counts[positive].sum())
    influence = np.empty(len(scores))
    influence[order] = counts * (np.where(positive, below, above) - value) / of_class
    return value, influence


def _share_below(ascending: FloatArray, weights: FloatArray) -> FloatArray:
    """For each of some ascending numbers the weighted share of those below it, those equal to it counting half."""
    changes = np.r_[True, ascending[1:] != ascending[:-1]]
    edges, group = np.append(np.flatnonzero(changes), len(ascending)), np.cumsum(changes) - 1
    sums = np.concatenate([[0.0], np.cumsum(weights)])
    shares: FloatArray = (sums[edges[group]] + sums[edges[group + 1]]) / (2 * sums[-1])
    return shares


def precision(labels: npt.ArrayLike, scores: FloatArray, weights: FloatArray | None = None) -> tuple[float, FloatArray]:
    """Average precision with its influence: the mean over positives of the precision among rows scored no lower."""
    order = np.argsort(-scores, kind="stable")
    positive = np.asarray(labels)[order] == 1
    counts = np.ones(len(scores)) if weights is None else weights[order]
    if not counts[positive].sum() > 0:
        return float("nan"), np.zeros(len(scores))
    falling = scores[order]
    changes = np.r_[True, falling[1:] != falling[:-1]]
    group = np.cumsum(changes) - 1
    ends = np.append(np.flatnonzero(changes)[1:], len(scores)) - 1
    hits, rows = (np.cumsum(numbers)[ends] for numbers in (np.where(positive, counts, 0.0), counts))
    own = np.divide(hits, rows, out=np.zeros(len(hits)), where=rows > 0)
    of_group = np.bincount(group, np.where(positive, counts, 0.0))
    total = float(hits[-1])
    value = float(of_group @ own / total)
    # One more row counts in the precision at its own score and at all lower ones.
    dilutes = np.divide(of_group, rows, out=np.zeros(len(rows)), where=rows > 0)
    later_own, later = (np.cumsum(numbers[::-1])[::-1][group] for numbers in (dilutes * own, dilutes))
    moved = np.where(positive, own[group] - value + later - later_own, -later_own) / total
    influence = np.empty(len(scores))
    influence[order] = counts * moved
    return value, influence


def _one_against_rest(truth: Truth, answers: FloatArray, weights: FloatArray | None) -> tuple[float, FloatArray]:
    parts = [area(truth == k, answers[:, k], weights) for k in range(answers.shape[1])]
    return float(np.mean([value for value, _ in parts])), np.mean([influence for _, influence in parts], axis=0)


def _one_against_rest_counted(truth: Truth, answers: FloatArray, members: Members) -> OneWay:
    each = [Ranking((truth == k).astype(np.int64), answers[:, k], members) for k in range(answers.shape[1])]
    return lambda counts: np.mean([ranking.roc_auc(counts) for ranking in each], axis=0)


def _sk_roc_auc(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415  (it loads for a second, and most callers have no use for it)

    return float(roc_auc_score(truth, answers))


def _sk_average_precision(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import average_precision_score  # noqa: PLC0415

    return float(average_precision_score(truth, answers))


def _sk_roc_auc_ovr(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415

    labels: IntArray = np.arange(answers.shape[1])
    return float(roc_auc_score(truth, answers, multi_class="ovr", labels=labels))


ROC_AUC = Metric(
    "roc_auc",
    say("ROC AUC"),
    _sk_roc_auc,
    Ranks(lambda truth, answers, members: Ranking(truth, answers, members).roc_auc, area),
    higher=True,
    high=1.0,
    by_class=True,
)
AVERAGE_PRECISION = Metric(
    "average_precision",
    say("average precision"),
    _sk_average_precision,
    Ranks(lambda truth, answers, members: Ranking(truth, answers, members).average_precision, precision),
    higher=True,
    high=1.0,
    by_class=True,
)
ROC_AUC_OVR = Metric(
    "roc_auc_ovr",
    say("mean ROC AUC of each class against the rest"),
    _sk_roc_auc_ovr,
    Ranks(_one_against_rest_counted, _one_against_rest),
    higher=True,
    high=1.0,
    by_class=True,
)
