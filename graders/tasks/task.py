"""What a task is: how its target is read, which metrics it has, and what can be said without any information."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graders.model.arrays import FloatArray, Truth
from graders.model.challenge import Challenge
from graders.model.contract import TaskName
from graders.model.later import pd
from graders.tasks.metric import Metric


@dataclass(frozen=True)
class Task:
    """metrics: by name, the first is the default; one that needs a number of the challenge is made of it.

    truth: a target column as numbers, shape (rows,).

    uninformed: answers for so many rows, each way of answering that looks at no column of theirs, made of the truth
    of other rows.

    calibrated: of (truth, answers) what was told and what happened, which agree on average where answers can be taken
    at their word: both shape (rows,), as shares, or in units of the target's spread.
    """

    name: TaskName
    metrics: Mapping[str, Metric | Callable[[Challenge], Metric]]
    truth: Callable[[Challenge, pd.Series], Truth]
    uninformed: Callable[[Challenge, Truth, int], tuple[FloatArray, ...]]
    calibrated: Callable[[Truth, FloatArray], tuple[FloatArray, FloatArray]]

    def metric(self, name: str, challenge: Challenge) -> Metric:
        """One of `metrics`, ready for a challenge of this task."""
        metric = self.metrics[name]
        return metric if isinstance(metric, Metric) else metric(challenge)


def fixed(*metrics: Metric) -> dict[str, Metric | Callable[[Challenge], Metric]]:
    """Metrics that need nothing of the challenge, by name."""
    return {metric.name: metric for metric in metrics}
