"""Metrics of the class that is given the highest probability."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import FloatArray, IntArray, Truth
from graders.tasks.metric import Metric, Sums
from graders.words import say


def decided(answers: FloatArray) -> IntArray:
    """The number of the most probable class of each row; the first of equals."""
    found: IntArray = np.argmax(answers, axis=1).astype(np.int64)
    return found


def _told(truth: Truth, answers: FloatArray) -> FloatArray:
    """For each class one column of ones each: rows that are of it, rows said to be of it, rows that are both."""
    classes = np.arange(answers.shape[1])
    real, said = truth[:, None] == classes, decided(answers)[:, None] == classes
    return np.hstack([real, said, real & said]).astype(np.float64)


def _f1_macro(sums: FloatArray) -> FloatArray:
    """The mean over classes of 2 x both / (real + said); a class that is neither has none and is left out."""
    real, said, both = np.split(sums, 3, axis=-1)
    whole = real + said
    each = np.divide(2 * both, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    found: FloatArray = np.nanmean(each, axis=-1)
    return found


def _balanced_accuracy(sums: FloatArray) -> FloatArray:
    """The mean over the classes that occur of the share of their rows that are found."""
    real, _, both = np.split(sums, 3, axis=-1)
    each = np.divide(both, real, out=np.full(real.shape, np.nan), where=real > 0)
    found: FloatArray = np.nanmean(each, axis=-1)
    return found


def _sk_f1_macro(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import f1_score  # noqa: PLC0415

    return float(f1_score(truth, decided(answers), average="macro"))


def _sk_balanced_accuracy(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import balanced_accuracy_score  # noqa: PLC0415

    return float(balanced_accuracy_score(truth, decided(answers)))


F1_MACRO = Metric(
    "f1_macro", say("macro F1"), _sk_f1_macro, Sums(_told, _f1_macro), higher=True, high=1.0, by_class=True
)
BALANCED_ACCURACY = Metric(
    "balanced_accuracy",
    say("balanced accuracy"),
    _sk_balanced_accuracy,
    Sums(_told, _balanced_accuracy),
    higher=True,
    high=1.0,
    by_class=True,
)
