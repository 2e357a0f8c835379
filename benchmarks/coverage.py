"""How often the 95 % intervals hold what they speak of, in worlds where it is known.

Run as `python -m benchmarks.coverage [worlds]`.  Each world has customers with an effect of their own and several rows,
a model with noise, and a group of a tenth of the customers.  The truth is the statistic on a world of a million rows.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from graders.measure import quantities
from graders.measure.linear import Clusters, Linear
from graders.measure.scoring import Bootstrap
from graders.model.arrays import FloatArray, IntArray
from graders.model.report import Score

ROWS, ROWS_OF_A_CUSTOMER = 3000, 3
Sample = tuple[IntArray, FloatArray, FloatArray, IntArray, FloatArray]


def world(rows: int, seed: int) -> Sample:
    """Labels, scores, scores of another model, customers, and the group as 0 or 1."""
    rng = np.random.default_rng(seed)
    who = np.arange(rows) // ROWS_OF_A_CUSTOMER
    count = who[-1] + 1
    seen = 0.7 * rng.normal(size=count)[who] + 0.8 * rng.normal(size=rows)
    chance = 1 / (1 + np.exp(-(seen - 1.2 + 1.5 * rng.normal(size=count)[who])))
    labels = (rng.random(rows) < chance).astype(np.int64)
    scores, other = (1 / (1 + np.exp(1.1 - seen - noise * rng.normal(size=rows))) for noise in (0.4, 0.9))
    return labels, scores, other, who.astype(np.int64), (rng.random(count) < 0.1)[who].astype(np.float64)


def statistics(sample: Sample) -> dict[str, Linear]:
    labels, scores, other, _, group = sample
    inside = group == 1
    chosen = quantities.selected(scores, 0.1).astype(np.float64)
    auc = quantities.roc_auc(labels, scores)
    in_group = quantities.roc_auc(labels[inside], scores[inside]).on(inside)
    return {
        "ROC AUC": auc,
        "ROC AUC above another model": auc - quantities.roc_auc(labels, other),
        "ROC AUC of a group": in_group,
        "shortfall of a group": auc - in_group,
        "Brier": quantities.brier(labels, scores),
        "calibration slope": quantities.calibration_slope(labels, scores),
        "lift at a tenth": quantities.lift(labels, scores, 0.1),
        "miss rate of a group": quantities.mean(1 - chosen, group * labels),
        "prediction above rate, group": quantities.mean(scores - labels, group),
    }


SHARES = frozenset({"ROC AUC", "ROC AUC of a group", "miss rate of a group"})


def holds(score: Score, truth: float) -> bool:
    return score.low <= truth <= score.high


def main() -> None:
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    truth = {name: found.value for name, found in statistics(world(1_000_000, 10**6)).items()}
    held: Counter[str] = Counter()
    drawn = min(worlds, 200)
    for seed in range(worlds):
        sample = world(ROWS, seed)
        clusters = Clusters(sample[3])
        for name, found in statistics(sample).items():
            score = clusters.share(found) if name in SHARES else clusters.score(found)
            held[name] += holds(score, truth[name])
        if seed < drawn:
            slow = Bootstrap(sample[0], sample[3], seed).roc_auc(sample[1]).score(0, 1)
            held["ROC AUC, bootstrap"] += holds(slow, truth["ROC AUC"])
    for name, count in held.items():
        tried = drawn if name.endswith("bootstrap") else worlds
        print(f"{name:<32} {100 * count / tried:5.1f} % of {tried}")


if __name__ == "__main__":
    main()
