"""How much the ranking of hidden rows rests on each column as it was delivered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graders.measure import quantities
from graders.measure.answers import predictions
from graders.measure.linear import Clusters
from graders.model.arrays import FloatArray
from graders.model.case import Case
from graders.model.report import Score
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth
from graders.words import say


@dataclass(frozen=True)
class Importance:
    """One column shuffled: by how much the metric gets worse, with its interval, and the mean change of an answer."""

    column: str
    fall: Score
    moved: float


def unit_of(case: Case) -> float:
    """What changes of an answer are counted in: 1 for probabilities, else the target's standard deviation."""
    if case.challenge.task != "regression":
        return 1.0
    return float(np.std(public_truth(case.challenge, case.dataset.public))) or 1.0


def unit_word(case: Case) -> str:
    """What stands behind a change of answers that is counted in `unit_of`."""
    return say(" standard deviations of the target") if case.challenge.task == "regression" else ""


def of_row(changes: FloatArray) -> FloatArray:
    """The size of the change of each row's answer; of several probabilities the largest."""
    sizes = np.abs(changes)
    return sizes if sizes.ndim == 1 else np.asarray(sizes.max(axis=1), np.float64)


def answer_word(case: Case) -> str:
    """What predict returns for a row, in a sentence."""
    return {
        "binary": say("probability"),
        "multiclass": say("set of probabilities"),
        "regression": say("prediction"),
    }[case.challenge.task]


def importances(case: Case) -> tuple[Importance, ...]:
    """One entry for each input column, the most important first; NotApplicable where the probe gave nothing."""
    data = case.dataset
    rows = sessions.sample_positions(len(data.hidden), case.seed)[: sessions.SHUFFLED]
    columns = case.challenge.inputs(data.hidden)
    base, labels, metric = predictions(case, ProbeName.PREDICT)[rows], data.labels[rows], metric_of(case.challenge)
    shuffled = predictions(case, ProbeName.PREDICT_SHUFFLED).reshape(len(columns), *base.shape)
    whole, unit = quantities.metric(metric, labels, base), unit_of(case)
    clusters = Clusters(case.challenge.units(data.hidden)[rows])
    found = [
        Importance(
            column,
            clusters.score((whole - quantities.metric(metric, labels, scores)).times(metric.sign)),
            float(np.abs(scores - base).mean() / unit),
        )
        for column, scores in zip(columns, shuffled, strict=True)
    ]
    return tuple(sorted(found, key=lambda entry: (-entry.fall.value, entry.column)))
