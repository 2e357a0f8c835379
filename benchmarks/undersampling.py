"""What a sampler does to cross-validation when it is used before the split, on columns of noise.

Usage: python -m benchmarks.undersampling

No model can rank such rows better than .5, so whatever is above it, or below, is what the sampler let through.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import imblearn
import numpy as np
from imblearn import combine, over_sampling, under_sampling
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

ROWS, COLUMNS, POSITIVE, DRAWS = 1200, 4, 0.3, 4
MODELS = (
    RandomForestClassifier(60, min_samples_leaf=3, random_state=0),
    KNeighborsClassifier(9),
    LogisticRegression(),
)
SEEDED = {"RandomUnderSampler", "SMOTE", "SMOTEENN", "SMOTETomek"}
SAMPLERS: dict[str, Callable[..., Any]] = {
    **{name: getattr(under_sampling, name) for name in under_sampling.__all__ if name != "NearMiss"},
    **{f"NearMiss, version {n}": lambda n=n: under_sampling.NearMiss(version=n) for n in (1, 2, 3)},
    "SMOTE": over_sampling.SMOTE,
    "SMOTEENN": combine.SMOTEENN,
    "SMOTETomek": combine.SMOTETomek,
}


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"imbalanced-learn {imblearn.__version__}, {ROWS} rows, {COLUMNS} columns of noise, {DRAWS} draws\n")
    print("| sampler | rows left | forest | nearest neighbours | linear |\n|---|---|---|---|---|")
    for name, make in SAMPLERS.items():
        found = [draw(make(random_state=seed) if name in SEEDED else make(), seed) for seed in range(DRAWS)]
        scores = np.mean([scores for _, scores in found], axis=0)
        print(f"| {name} | {found[0][0]} | " + " | ".join(f"{score:.3f}" for score in scores) + " |", flush=True)


def draw(sampler: Any, seed: int) -> tuple[int, list[float]]:
    """Rows left, and the mean ROC AUC over five folds of each model."""
    rng = np.random.default_rng(seed)
    features, labels = rng.normal(size=(ROWS, COLUMNS)), (rng.random(ROWS) < POSITIVE).astype(int)
    kept, its_labels = sampler.fit_resample(features, labels)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    scores = [cross_val_score(model, kept, its_labels, cv=folds, scoring="roc_auc").mean() for model in MODELS]
    return len(its_labels), scores


if __name__ == "__main__":
    main()
