"""What a challenge asks for: its task, its metric, and the contract that both make."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import Truth
from graders.model.challenge import Challenge
from graders.model.contract import Contract
from graders.model.later import pd
from graders.tasks.binary import BINARY
from graders.tasks.metric import Metric
from graders.tasks.multiclass import MULTICLASS
from graders.tasks.regression import REGRESSION
from graders.tasks.task import Task

TASKS = {task.name: task for task in (BINARY, MULTICLASS, REGRESSION)}


def task_of(challenge: Challenge) -> Task:
    return TASKS[challenge.task]


def metric_of(challenge: Challenge) -> Metric:
    """The metric that the challenge names; ValueError where its task has none of that name."""
    task = task_of(challenge)
    if challenge.metric not in task.metrics:
        known = ", ".join(task.metrics)
        raise ValueError(f"the task {challenge.task} has no metric {challenge.metric!r}; it has: {known}")
    return task.metric(challenge.metric, challenge)


def truth_of(challenge: Challenge, target: pd.Series) -> Truth:
    """The target as numbers: 0 or 1, the number of the class, or itself; shape (rows,)."""
    return task_of(challenge).truth(challenge, target)


def public_truth(challenge: Challenge, public: pd.DataFrame) -> Truth:
    return truth_of(challenge, public[challenge.target])


def uninformed(challenge: Challenge, known: Truth, truth: Truth, metric: Metric | None = None) -> float:
    """The best value of a metric, by default the challenge's, that answers without any information reach: made of
    `known`, judged by `truth`."""
    metric = metric or metric_of(challenge)
    answers = task_of(challenge).uninformed(challenge, known, len(truth))
    return metric.best(np.asarray([metric.statistic.value(truth, each) for each in answers]))


def contract_of(challenge: Challenge) -> Contract:
    metric = metric_of(challenge)
    probabilities = challenge.task != "regression"
    return Contract(
        metric=metric.name,
        classes=challenge.classes if challenge.task == "multiclass" else (),
        low=0.0 if probabilities else _bound(metric.least),
        high=1.0 if probabilities else None,
        claim_low=_bound(metric.low),
        claim_high=_bound(metric.high),
        higher=metric.higher,
        quantile=challenge.quantile if challenge.metric == "mean_pinball_loss" else None,
        target=challenge.target,
    )


def _bound(value: float) -> float | None:
    return value if np.isfinite(value) else None
