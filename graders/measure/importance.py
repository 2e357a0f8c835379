"""How much the ranking of hidden rows rests on each column as it was delivered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graders.measure import quantities
from graders.measure.answers import predictions
from graders.measure.linear import Clusters
from graders.model.case import Case
from graders.model.report import Score
from graders.probes import sessions
from graders.probes.variants import inputs

#: Answers that move by less than this on average do not rest on the column.
MOVED = 1e-3


@dataclass(frozen=True)
class Importance:
    """One column shuffled: the fall of the ROC AUC with its interval, and the mean change of an answer."""

    column: str
    fall: Score
    moved: float

    @property
    def used(self) -> bool:
        return self.moved > MOVED


def importances(case: Case) -> tuple[Importance, ...]:
    """One entry for each input column, the most important first; NotApplicable where the probe gave nothing."""
    data = case.dataset
    rows = sessions.sample_positions(len(data.hidden), case.seed)[: sessions.SHUFFLED]
    columns = inputs(case.challenge, data.hidden)
    shuffled = predictions(case, sessions.PREDICT_SHUFFLED).reshape(len(columns), len(rows))
    base, labels = predictions(case, sessions.PREDICT)[rows], data.labels[rows]
    whole, clusters = quantities.roc_auc(labels, base), Clusters(data.hidden[case.challenge.group].to_numpy()[rows])
    found = [
        Importance(
            column,
            clusters.score(whole - quantities.roc_auc(labels, scores)),
            float(np.abs(scores - base).mean()),
        )
        for column, scores in zip(columns, shuffled, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.fall.value, one.column)))
