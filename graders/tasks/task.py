"""What a task is: how its target is read, which metrics it has, and what can be said without any information."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from graders.model.arrays import FloatArray, Truth
from graders.model.challenge import Challenge
from graders.model.contract import TaskName
from graders.tasks.metric import Metric


@dataclass(frozen=True)
class Task:
    """metrics: by name, the first is the default.  truth: a target column as numbers, shape (rows,).

    uninformed: answers for so many rows, each way of answering that looks at no column of theirs, made of the truth
    of other rows.

    calibrated: of (truth, answers) what was told and what happened, which agree on average where answers can be taken
    at their word: both shape (rows,), as shares, or in units of the target's spread.
    """

    name: TaskName
    metrics: Mapping[str, Callable[[Challenge], Metric]]
    truth: Callable[[Challenge, pd.Series], Truth]
    uninformed: Callable[[Challenge, Truth, int], tuple[FloatArray, ...]]
    calibrated: Callable[[Truth, FloatArray], tuple[FloatArray, FloatArray]]


def fixed(*metrics: Metric) -> dict[str, Callable[[Challenge], Metric]]:
    """Metrics that need nothing of the challenge, by name."""
    return {metric.name: _always(metric) for metric in metrics}


def _always(metric: Metric) -> Callable[[Challenge], Metric]:
    return lambda challenge: metric  # noqa: ARG005  (others ask the challenge for a quantile)
