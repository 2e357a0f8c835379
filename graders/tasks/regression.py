"""A number: predict returns one for each row, in the target's unit."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import FloatArray, Truth
from graders.model.challenge import Challenge
from graders.model.later import pd
from graders.tasks.errors import MAE, MEAN_POISSON_DEVIANCE, R2, RMSE, RMSLE, mean_pinball_loss
from graders.tasks.task import Task, fixed


def truth(challenge: Challenge, target: pd.Series) -> Truth:  # noqa: ARG001
    return target.to_numpy(dtype=np.float64)


def uninformed(challenge: Challenge, known: Truth, rows: int) -> tuple[FloatArray, ...]:
    """Mean, median and quantile of the known target, each for every row."""
    levels = {float(np.mean(known)), float(np.median(known)), float(np.quantile(known, challenge.quantile))}
    if np.min(known) >= 0:
        levels.add(float(np.expm1(np.mean(np.log1p(known)))))  # the best constant for rmsle
    return tuple(np.full(rows, level) for level in sorted(levels))


def calibrated(truth: Truth, answers: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Both in units of the target's standard deviation."""
    spread = float(np.std(truth)) or 1.0
    return answers / spread, truth / spread


REGRESSION = Task(
    "regression",
    {
        **fixed(RMSE, MAE, R2, RMSLE, MEAN_POISSON_DEVIANCE),
        "mean_pinball_loss": lambda challenge: mean_pinball_loss(challenge.quantile),
    },
    truth,
    uninformed,
    calibrated,
)
