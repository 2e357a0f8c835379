"""What is measured of predictions, each as a statistic with its influences.

`weights` count each row so many times; without them each counts once.  Labels are 0 or 1, scores in [0, 1].
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graders.measure.linear import Linear
from graders.model.arrays import FloatArray, Truth
from graders.tasks.metric import Metric
from graders.tasks.ranking import area

EDGE = 1e-4  # probabilities are kept this far from 0 and 1 where their log odds are taken
STEPS, CONVERGED = 25, 1e-3
RIDGE, STEEPEST = 1e-6, 30.0  # keep one step of Newton's method finite where labels and scores part entirely


def mean(values: npt.ArrayLike, weights: FloatArray | None = None) -> Linear:
    numbers = np.asarray(values, dtype=np.float64)
    counts = np.ones(len(numbers)) if weights is None else weights
    value = float(counts @ numbers / counts.sum())
    return Linear(value, counts * (numbers - value) / counts.sum())


def roc_auc(labels: npt.ArrayLike, scores: FloatArray, weights: FloatArray | None = None) -> Linear:
    """Area under the ROC curve, ties counting half; both classes must occur."""
    return Linear(*area(labels, scores, weights))


def metric(metric: Metric, truth: Truth, answers: FloatArray, weights: FloatArray | None = None) -> Linear:
    """Any metric; NaN with no influence where it has no value on these rows."""
    return Linear(*metric.statistic.linear(truth, answers, weights))


def brier(labels: npt.ArrayLike, scores: FloatArray) -> Linear:
    return mean((scores - np.asarray(labels)) ** 2)


def calibration_slope(labels: npt.ArrayLike, scores: FloatArray) -> Linear:
    """Slope of a logistic regression of the label on the log odds of the score (Cox 1958): 1 is right, less is
    overconfident.  NaN where every score is the same, or the scores part the labels entirely."""
    clipped = np.clip(scores, EDGE, 1 - EDGE)
    design = np.column_stack([np.ones(len(scores)), np.log(clipped / (1 - clipped))])
    if np.ptp(design[:, 1]) < EDGE:
        return Linear(float("nan"), np.zeros(len(scores)))
    target, beta = np.asarray(labels, dtype=np.float64), np.zeros(2)  # from zero Newton's steps stay short
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -STEEPEST, STEEPEST)))
        information = design.T @ (design * (chance * (1 - chance))[:, None]) + RIDGE * np.eye(2)
        step = np.linalg.solve(information, design.T @ (target - chance))
        beta = beta + step
    if np.abs(step).max() > CONVERGED:
        return Linear(float("nan"), np.zeros(len(scores)))
    return Linear(float(beta[1]), np.linalg.solve(information, (design * (target - chance)[:, None]).T)[1])


def selected(scores: FloatArray, capacity: float) -> npt.NDArray[np.bool_]:
    """The rows with the highest scores, as many as there is capacity for; ties in row order."""
    chosen = np.zeros(len(scores), dtype=np.bool_)
    chosen[np.argsort(-scores, kind="stable")[: max(round(capacity * len(scores)), 1)]] = True
    return chosen


def lift(labels: npt.ArrayLike, scores: FloatArray, capacity: float) -> Linear:
    """Share of positives among the selected rows over that among all rows."""
    truth = np.asarray(labels, dtype=np.float64)
    return mean(truth, selected(scores, capacity).astype(np.float64)) / mean(truth)
