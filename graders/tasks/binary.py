"""Two classes: predict returns the probability of the positive one."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import FloatArray, Truth
from graders.model.challenge import Challenge
from graders.model.later import pd
from graders.tasks.probabilities import BRIER_SCORE, LOG_LOSS
from graders.tasks.ranking import AVERAGE_PRECISION, ROC_AUC
from graders.tasks.task import Task, fixed


def truth(challenge: Challenge, target: pd.Series) -> Truth:
    """1 where the class is the positive one, else 0."""
    return (target.astype(str) == str(challenge.positive)).to_numpy(dtype=np.int64)


def uninformed(challenge: Challenge, known: Truth, rows: int) -> tuple[FloatArray, ...]:  # noqa: ARG001
    """The rate of positives for every row."""
    return (np.full(rows, float(np.mean(known))),)


def calibrated(truth: Truth, answers: FloatArray) -> tuple[FloatArray, FloatArray]:
    return answers, truth


BINARY = Task("binary", fixed(ROC_AUC, AVERAGE_PRECISION, LOG_LOSS, BRIER_SCORE), truth, uninformed, calibrated)
