"""Metrics as candidates compute them by hand: of what happened in some rows and the numbers told for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Metric = Callable[[Floats, Floats], float]

ROC_AUC = "roc_auc"
LEAST = 1e-15  # of a probability, where its logarithm is taken


def _root(mean: Metric) -> Metric:
    return lambda truth, told: float(np.sqrt(mean(truth, told)))


def _squared(truth: Floats, told: Floats) -> float:
    return float(np.mean((truth - told) ** 2))


def _r2(truth: Floats, told: Floats) -> float:
    return 1 - _squared(truth, told) / float(np.var(truth))


def _logarithms(truth: Floats, told: Floats) -> float:
    return _squared(np.log1p(truth), np.log1p(told))


def _deviance(truth: Floats, told: Floats) -> float:
    ratio = np.divide(truth, told, out=np.ones(len(told)), where=truth > 0)
    return float(np.mean(2 * (truth * np.log(ratio) - truth + told)))


def _surprise(truth: Floats, told: Floats) -> float:
    inside = np.clip(told, LEAST, 1 - LEAST)
    return float(-np.mean(np.where(truth == 1, np.log(inside), np.log(1 - inside))))


#: Of numbers, and of the probability of one of two outcomes, by the key that evaluate returns.
OF_NUMBERS: Mapping[str, Metric] = {
    "rmse": _root(_squared),
    "mae": lambda truth, told: float(np.mean(np.abs(truth - told))),
    "r2": _r2,
    "rmsle": _root(_logarithms),
    "mean_poisson_deviance": _deviance,
}
OF_OUTCOMES: Mapping[str, Metric] = {"log_loss": _surprise, "brier_score": _squared}
#: Claimed as the root of a metric that a library gives.
ROOTED = frozenset({"rmse", "rmsle"})


def area(positive: npt.NDArray[np.bool_], scores: Floats, ties: float = 0.5) -> float | None:
    """ROC AUC, a tie counted as `ties` of a right order; None where one outcome is missing."""
    ones, zeros = np.sort(scores[positive]), np.sort(scores[~positive])
    if not len(ones) or not len(zeros):
        return None
    below = (1 - ties) * np.searchsorted(zeros, ones, "left").sum() + ties * np.searchsorted(zeros, ones, "right").sum()
    return float(below) / (len(ones) * len(zeros))
