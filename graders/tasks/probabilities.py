"""Metrics of probabilities as they stand: one number a row, or one a class."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import FloatArray, IntArray, Truth
from graders.tasks.metric import Metric, Sums, average, mean_of
from graders.words import say

#: No probability counts as less than this.  It is the floor that scikit-learn sets for float32, which is the higher of
#: its two: a claim reckoned with the lower one is never better than ours for that.
FLOOR = float(np.finfo(np.float32).eps)


def floored(answers: FloatArray) -> FloatArray:
    """Probabilities from the floor to 1 less the floor; rows of several sum to 1."""
    kept: FloatArray = np.clip(answers, FLOOR, 1 - FLOOR)
    return kept if kept.ndim == 1 else kept / kept.sum(axis=1, keepdims=True)


def _surprise(truth: Truth, answers: FloatArray) -> FloatArray:
    """Minus the logarithm of the probability that a row's own class was given; shape (rows,)."""
    given = floored(answers)
    if given.ndim == 1:
        return -np.log(np.where(truth == 1, given, 1 - given))
    own: FloatArray = given[np.arange(len(given)), truth.astype(np.intp)]
    return -np.log(own)


def _sk_log_loss(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import log_loss  # noqa: PLC0415

    labels: IntArray = np.arange(2 if answers.ndim == 1 else answers.shape[1])
    return float(log_loss(truth, floored(answers), labels=labels))


def _sk_brier(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import brier_score_loss  # noqa: PLC0415

    return float(brier_score_loss(truth, answers, labels=[0, 1]))


LOG_LOSS = Metric("log_loss", say("log loss"), _sk_log_loss, Sums(mean_of(_surprise), average))
BRIER_SCORE = Metric(
    "brier_score",
    say("Brier score"),
    _sk_brier,
    Sums(mean_of(lambda truth, answers: (answers - truth) ** 2), average),
    high=1.0,
    squared=True,
)
