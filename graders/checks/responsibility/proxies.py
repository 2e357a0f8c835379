"""How well the other columns tell what a sensitive one says: dropping a column does not drop what it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graders.facts import Facts
from graders.measure import groups, quantities
from graders.measure.groups import Group
from graders.measure.linear import Clusters
from graders.model.arrays import FloatArray
from graders.model.challenge import Challenge, Dataset
from graders.model.later import pd
from graders.model.of_data import of_data
from graders.model.report import Score

BINS = 8
RIDGE = 1.0
LEAST = groups.LEAST_ROWS


@dataclass(frozen=True)
class Proxy:
    """ROC AUC with which the other columns tell one value of a sensitive column, and the column that tells most."""

    value: str
    auc: Score
    strongest: str
    strongest_auc: float


def proxies(facts: Facts) -> tuple[Proxy, ...]:
    return _proxies(facts.case.challenge, facts.case.dataset)


@of_data
def _proxies(challenge: Challenge, dataset: Dataset) -> tuple[Proxy, ...]:
    """A ridge regression on binned columns, fitted on half of the public customers and scored on the other half."""
    public = dataset.public
    units = challenge.units(public)
    member = np.unique(units, return_inverse=True)[1]
    first = (np.random.default_rng(0).random(member.max() + 1) < 0.5)[member]
    clusters = Clusters(units[~first])
    blocks = {name: indicators(public[name]) for name in challenge.inputs(public)}
    found: list[Proxy] = []
    for column in groups.sensitive(challenge):
        judged = [
            g for g in groups.single(public, (column,)) if min(g.rows[first].sum(), g.rows[~first].sum()) >= LEAST
        ]
        others = {name: block for name, block in blocks.items() if name != column.name}
        found += _of_column(judged, others, first, clusters) if judged else []
    return tuple(found)


def _of_column(
    judged: list[Group], blocks: Mapping[str, FloatArray], first: groups.Mask, clusters: Clusters
) -> list[Proxy]:
    truths = np.stack([group.rows for group in judged], axis=1).astype(np.float64)
    together = _told(np.hstack(list(blocks.values())), truths, first)
    alone = {name: _told_alone(block, truths, first) for name, block in blocks.items()}
    found = []
    for i, group in enumerate(judged):
        strongest = max(alone, key=lambda name: alone[name][i])
        auc = clusters.share(quantities.roc_auc(truths[~first, i], together[:, i]))
        found.append(Proxy(group.name, auc, strongest, float(alone[strongest][i])))
    return found


def _told(design: FloatArray, truths: FloatArray, first: groups.Mask) -> FloatArray:
    """Scores of the second half for each column of `truths`, by ridge regressions fitted on the first."""
    known = design[first]
    inner = known.T @ known + RIDGE * np.eye(known.shape[1])
    scores: FloatArray = design[~first] @ np.linalg.solve(inner, known.T @ (truths[first] - truths[first].mean(axis=0)))
    return scores


def _told_alone(block: FloatArray, truths: FloatArray, first: groups.Mask) -> FloatArray:
    """ROC AUC of one column for each column of `truths`: its bins ranked by the first half, scored on the second."""
    rows, inside = block[first].sum(axis=0), block[first].T @ truths[first]
    rates = (inside - rows[:, None] * truths[first].mean(axis=0)) / (rows[:, None] + RIDGE)
    positive = block[~first].T @ truths[~first]
    negative = block[~first].sum(axis=0)[:, None] - positive
    ahead = (np.sign(rates[:, None, :] - rates[None, :, :]) + 1) / 2  # of bin a over bin b, a tie counting half
    pairs = np.einsum("at,abt,bt->t", positive, ahead, negative)
    aucs: FloatArray = pairs / (positive.sum(axis=0) * negative.sum(axis=0))
    return aucs


def indicators(values: pd.Series) -> FloatArray:
    """One column of 0 and 1 for each bin or frequent value, gaps among them."""
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > BINS:
        codes = pd.qcut(values, BINS, labels=False, duplicates="drop")
    else:
        frequent = values.value_counts().index[: BINS + 4]
        codes = pd.Series(pd.Categorical(values, categories=frequent).codes, index=values.index)
    return np.asarray(pd.get_dummies(codes, dummy_na=True), dtype=np.float64)
