"""How well the other columns tell what a sensitive one says: dropping a column does not drop what it knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from graders.evidence import groups, quantities
from graders.evidence.linear import Clusters
from graders.model import Case, Challenge, Dataset, FloatArray, Score
from graders.production.variants import inputs

BINS = 8
RIDGE = 1.0


@dataclass(frozen=True)
class Proxy:
    """ROC AUC with which the other columns tell one value of a sensitive column, and the column that tells most."""

    value: str
    auc: Score
    strongest: str
    strongest_auc: float


def proxies(case: Case) -> tuple[Proxy, ...]:
    return _proxies(case.challenge, case.dataset)


@lru_cache(maxsize=4)
def _proxies(challenge: Challenge, dataset: Dataset) -> tuple[Proxy, ...]:
    """A ridge regression on binned columns, fitted on half of the public customers and scored on the other half."""
    public = dataset.public
    first = np.unique(public[challenge.group], return_inverse=True)[1] % 2 == 0
    clusters = Clusters(public[challenge.group].to_numpy()[~first])
    found = []
    for column in groups.sensitive(challenge):
        others = [name for name in inputs(challenge, public) if name != column.name]
        blocks = [indicators(public[name]) for name in others]
        for group in groups.single(public, (column,)):
            if min(group.rows[first].sum(), group.rows[~first].sum()) < groups.LEAST_ROWS:
                continue
            truth = group.rows.astype(np.float64)
            scores = _told(np.hstack(blocks), truth, first)
            alone = [quantities.roc_auc(truth[~first], _told(block, truth, first)).value for block in blocks]
            auc = clusters.share(quantities.roc_auc(truth[~first], scores))
            found.append(Proxy(group.name, auc, others[int(np.argmax(alone))], max(alone)))
    return tuple(found)


def _told(design: FloatArray, truth: FloatArray, first: groups.Mask) -> FloatArray:
    """Scores of the second half by a ridge regression fitted on the first."""
    known = design[first]
    inner = known.T @ known + RIDGE * np.eye(known.shape[1])
    scores: FloatArray = design[~first] @ np.linalg.solve(inner, known.T @ (truth[first] - truth[first].mean()))
    return scores


def indicators(values: pd.Series) -> FloatArray:
    """One column of 0 and 1 for each bin or frequent value, gaps among them."""
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > BINS:
        codes = pd.qcut(values, BINS, labels=False, duplicates="drop")
    else:
        frequent = values.value_counts().index[: BINS + 4]
        codes = pd.Series(pd.Categorical(values, categories=frequent).codes, index=values.index)
    return np.asarray(pd.get_dummies(codes, dummy_na=True), dtype=np.float64)
