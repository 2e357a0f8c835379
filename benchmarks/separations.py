"""How far apart careful and careless pipelines land: python benchmarks/separations.py [seeds]

Prints, for each pipeline of the ladder, the hidden AUC (mean and standard deviation over the seeds), its
target, and how far off a random split and a forward split over unseen customers would have been.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from sklearn.metrics import roc_auc_score

from challenges.ml_pipeline.ladder import LADDER, ORACLE_TARGET, TARGETS, Separation, separation
from challenges.ml_pipeline.make_data import make

SEEDS = (1, 2, 3)


def row(name: str, target: float, separations: list[Separation]) -> str:
    """One line of the table."""
    hidden = np.array([one.hidden for one in separations])
    split = np.array([one.random_split for one in separations]) - hidden
    forward = np.array([one.forward for one in separations]) - hidden
    return (
        f"{name:42} {target:.3f}  {hidden.mean():.3f} (sd {hidden.std(ddof=1):.3f})  "
        f"{split.mean():+.3f}         {forward.mean():+.3f}"
    )


def main(seeds: tuple[int, ...]) -> None:
    """Print the table of separations."""
    datasets = [make(seed) for seed in seeds]
    print(f"{'hidden AUC over seeds ' + str(seeds):42} target measured          random split   forward")
    for rung, target in zip(LADDER, TARGETS, strict=True):
        print(row(rung.name, target, [separation(rung, dataset) for dataset in datasets]), flush=True)
    oracle = np.array([roc_auc_score(d.labels, d.oracle) for d in datasets])
    print(f"{'oracle':42} {ORACLE_TARGET:.3f}  {oracle.mean():.3f} (sd {oracle.std(ddof=1):.3f})")


if __name__ == "__main__":
    main(tuple(int(seed) for seed in sys.argv[1:]) or SEEDS)
