"""Metrics as candidates compute them by hand: of what happened in some rows and the numbers told for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Rows = npt.NDArray[np.signedinteger[Any]]
Metric = Callable[[Floats, Floats], float]

ROC_AUC, AVERAGE_PRECISION, PINBALL = "roc_auc", "average_precision", "mean_pinball_loss"
LEAST = 1e-15  # of a probability, where its logarithm is taken


def squared(truth: Floats, told: Floats) -> float:
    return float(np.mean((truth - told) ** 2))


def explained(error: float, variance: float) -> float:
    """R²; no number in a group of one value, of which nothing is explained."""
    return 1 - error / variance if variance > 0 else float("nan")


def _r2(truth: Floats, told: Floats) -> float:
    return explained(squared(truth, told), float(np.var(truth)))


def _deviance(truth: Floats, told: Floats) -> float:
    ratio = np.divide(truth, told, out=np.ones(len(told)), where=truth > 0)
    return float(np.mean(2 * (truth * np.log(ratio) - truth + told)))


def _surprise(truth: Floats, told: Floats) -> float:
    inside = np.clip(told, LEAST, 1 - LEAST)
    return float(-np.mean(np.where(truth == 1, np.log(inside), np.log(1 - inside))))


#: What each row loses, of what happened in it and the number told for it.
EACH: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "mae": lambda truth, told: np.abs(truth - told),
    "rmse": lambda truth, told: (truth - told) ** 2,
    "rmsle": lambda truth, told: (np.log1p(truth) - np.log1p(told)) ** 2,
}


def _mean(lost: Floats) -> float:
    return float(np.mean(lost))


#: Of what each row loses, where the claim is the mean of that or its root.
MEANS: Mapping[str, Callable[[Floats], float]] = {
    **dict.fromkeys(("mae", "log_loss", "brier_score", PINBALL, "mean_poisson_deviance"), _mean),
    **dict.fromkeys(("rmse", "rmsle"), lambda lost: float(np.sqrt(np.mean(lost)))),
}


def _of_each(metric: str) -> Metric:
    return lambda truth, told: MEANS[metric](EACH[metric](truth, told))


#: Of numbers, and of the probability of one of two outcomes, by the key that evaluate returns.
OF_NUMBERS: Mapping[str, Metric] = {
    **{metric: _of_each(metric) for metric in EACH},
    "r2": _r2,
    "mean_poisson_deviance": _deviance,
}
OF_OUTCOMES: Mapping[str, Metric] = {"log_loss": _surprise, "brier_score": squared}


def pinball(quantile: float, truth: Floats, told: Floats) -> Floats:
    """What each row loses, in the shape of the truth."""
    return np.maximum(quantile * (truth - told), (quantile - 1) * (truth - told))


def of_numbers(metric: str, quantile: float | None) -> Metric | None:
    """A metric of numbers, a pinball loss by its quantile; None where it is not known by hand."""
    if metric != PINBALL:
        return OF_NUMBERS.get(metric)
    return None if quantile is None else lambda truth, told: float(np.mean(pinball(quantile, truth, told)))


def average_precision(positive: npt.NDArray[np.bool_], scores: Floats) -> float | None:
    """The mean over the positives of the precision down to each, equal scores together; None where there is none."""
    if not positive.any():
        return None
    down = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(scores[down][1:] != scores[down][:-1], True))
    hits = np.cumsum(positive[down])[last]
    return float(np.sum(np.diff(hits, prepend=0) * hits / (last + 1)) / hits[-1])


def _own_surprise(truth: Ints, told: Floats) -> float:
    own = told[np.arange(len(truth)), truth] / told.sum(axis=1)
    return float(-np.mean(np.log(np.clip(own, LEAST, 1.0))))


def _recalls(truth: Ints, told: Ints) -> float:
    return float(np.mean([np.mean(told[truth == k] == k) for k in np.unique(truth)]))


def _f1(truth: Ints, told: Ints) -> float:
    known = np.union1d(truth, told)
    return float(
        np.mean([2 * np.sum((truth == k) & (told == k)) / (np.sum(truth == k) + np.sum(told == k)) for k in known])
    )


def _areas(truth: Ints, told: Floats) -> float:
    found = [area(truth == k, told[:, k]) for k in range(told.shape[1])]
    return float(np.mean([one for one in found if one is not None]))


#: Of the number of a class and the probabilities of all, shape (rows, classes), or the class decided for.
OF_PROBABILITIES: Mapping[str, Callable[[Ints, Floats], float]] = {"log_loss": _own_surprise, "roc_auc_ovr": _areas}
OF_DECISIONS: Mapping[str, Callable[[Ints, Ints], float]] = {"balanced_accuracy": _recalls, "f1_macro": _f1}


def order(truth: Floats, told: Floats) -> float | None:
    """How often the larger of two numbers was told to be larger, about: (1 + Spearman's correlation) / 2."""
    real, said = _ranks(truth), _ranks(told)
    spread = float(np.std(real) * np.std(said))
    return None if spread == 0 else 0.5 + 0.5 * float(np.cov(real, said, bias=True)[0, 1]) / spread


def _ranks(values: Floats) -> Floats:
    """The place of each value in rising order, equal ones in the middle of theirs."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[group], np.float64)


def of_classes(metric: str, truth: Ints, told: Floats, names: Sequence[float]) -> float | None:
    """A metric of many classes; `told` has a column for each, or one number that `names` has for each."""
    if told.ndim == 2 and told.shape[1] == len(names):
        if metric in OF_PROBABILITIES:
            return OF_PROBABILITIES[metric](truth, told)
        return OF_DECISIONS[metric](truth, told.argmax(axis=1)) if metric in OF_DECISIONS else None
    if told.ndim == 2 or metric not in OF_DECISIONS:
        return None
    for spelt in (np.asarray(names), np.arange(len(names), dtype=np.float64)):  # as they are, or numbered
        if np.isin(told, spelt).all():
            order = np.argsort(spelt)
            return OF_DECISIONS[metric](truth, order[np.searchsorted(spelt[order], told)])
    return None


#: Claimed as the root of a metric that a library gives.
ROOTED = frozenset({"rmse", "rmsle"})


def area(positive: npt.NDArray[np.bool_], scores: Floats, ties: float = 0.5) -> float | None:
    """ROC AUC, a tie counted as `ties` of a right order; None where one outcome is missing."""
    return Ranked().area(positive, np.arange(len(scores)), scores, ties)


def may_be_area(value: float, ones: int, rows: int, near: float) -> bool:
    """Whether some numbers told for these rows have this area, to within `near`: a count of half pairs over all pairs.

    It spares sorting most numbers that were no answers: their rows have no such fraction.
    """
    pairs = ones * (rows - ones)
    halves = 2 * pairs * value
    return pairs > 0 and abs(halves - round(halves)) <= 2.1 * pairs * near * max(1.0, abs(value)) + 1e-6


class Ranked:
    """ROC AUC of outcomes of some rows and the numbers told for them.

    What the numbers alone decide is kept from one question to the next, as many outcomes are tried on the same ones.
    """

    def __init__(self) -> None:
        self._told: Floats | None = None
        self._places: Ints | None = None
        self._asked: tuple[npt.NDArray[np.bool_], Rows] | None = None
        self._pairs = self._right = self._tied = 0
        self._opposites: dict[tuple[int, int], tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], bool]] = {}

    def area(self, positive: npt.NDArray[np.bool_], rows: Rows, told: Floats, ties: float) -> float | None:
        """A tie counted as `ties` of a right order; None where one outcome is missing.  `positive` is of all rows."""
        self._rank(told)
        if self._asked is not None and self._asked[1] is rows and self._opposite(self._asked[0], positive):
            self._asked = positive, rows
            self._right = self._pairs - self._right - self._tied
        elif self._asked is None or self._asked[0] is not positive or self._asked[1] is not rows:
            self._asked = positive, rows
            ones = np.bincount(self._group[positive[rows]], minlength=len(self._sizes))
            zeros = self._sizes - ones
            self._pairs = int(ones.sum()) * int(zeros.sum())
            self._right, self._tied = int((ones * (np.cumsum(zeros) - zeros)).sum()), int((ones * zeros).sum())
        if not self._pairs:
            return None
        return float((1 - ties) * self._right + ties * (self._right + self._tied)) / self._pairs

    def ordered(self, positive: npt.NDArray[np.bool_], rows: Rows, told: Floats) -> float | None:
        """By the places that numpy's sort gives, which tells equal scores apart as they come."""
        self._rank(told)
        if len(self._sizes) == len(told):
            return self.area(positive, rows, told, 0.5)
        if self._places is None:
            self._places = told.argsort().argsort()
        ones = positive[rows]
        count = int(ones.sum())
        zeros = len(ones) - count
        if not zeros or not count:
            return None
        return float((self._places[ones] + 1).sum() - count * (count + 1) / 2) / (count * zeros)

    def _opposite(self, one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> bool:
        """Whether one outcome is there wherever the other is not: the pairs in the wrong order are then the right."""
        key = id(one), id(other)
        if key not in self._opposites:
            apart = one is not other and len(one) == len(other) and not (one == other).any()
            self._opposites[key] = one, other, bool(apart)
        return self._opposites[key][2]

    def _rank(self, told: Floats) -> None:
        if told is not self._told:
            _, self._group, self._sizes = np.unique(told, return_inverse=True, return_counts=True)
            self._told, self._asked, self._places = told, None, None
