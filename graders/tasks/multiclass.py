"""Some classes: predict returns a probability of each, in the order that the challenge states."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import FloatArray, Truth
from graders.model.challenge import Challenge
from graders.model.later import pd
from graders.tasks.decisions import BALANCED_ACCURACY, F1_MACRO, decided
from graders.tasks.probabilities import LOG_LOSS
from graders.tasks.ranking import ROC_AUC_OVR
from graders.tasks.task import Task, fixed


def truth(challenge: Challenge, target: pd.Series) -> Truth:
    """The number of each row's class in the challenge's order; ValueError for a class that it does not name."""
    numbers = {name: number for number, name in enumerate(challenge.classes)}
    found = target.astype(str).map(numbers)
    if found.isna().any():
        raise ValueError(f"{challenge.target} holds classes that the challenge does not name")
    return found.to_numpy(dtype=np.int64)


def uninformed(challenge: Challenge, known: Truth, rows: int) -> tuple[FloatArray, ...]:
    """The share of each class for every row; and classes drawn by these shares, which macro F1 puts above that."""
    count = len(challenge.classes)
    shares = np.bincount(known.astype(np.intp), minlength=count) / len(known)
    drawn = np.random.default_rng(0).choice(count, rows, p=shares)
    return np.tile(shares, (rows, 1)), np.eye(count)[drawn]


def calibrated(truth: Truth, answers: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The probability of the predicted class, and whether it is the right one."""
    return answers.max(axis=1), (decided(answers) == truth).astype(np.float64)


MULTICLASS = Task(
    "multiclass", fixed(LOG_LOSS, F1_MACRO, BALANCED_ACCURACY, ROC_AUC_OVR), truth, uninformed, calibrated
)
