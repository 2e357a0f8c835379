"""State of a machine: successive halving over forty settings with folds of days; its best score is the estimate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy.stats import loguniform, randint, uniform
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV

SPACE = {
    "max_depth": randint(3, 14),
    "min_samples_leaf": randint(1, 30),
    "max_features": uniform(0.1, 0.9),
    "ccp_alpha": loguniform(1e-5, 1e-2),
    "class_weight": [None, "balanced", "balanced_subsample"],
    "random_state": randint(0, 10_000),
}


@dataclass
class Days:
    """Folds of later days: each is judged by what was learned before it."""

    starts: tuple[int, ...] = (160, 200)
    length: int = 40

    def folds(self, data: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
        days, rank = np.unique(data["day"], return_inverse=True)
        last = len(days)
        return [(np.flatnonzero(rank < start), np.flatnonzero((rank >= start) & (rank < min(start + self.length, last)))) for start in self.starts]


def numbers(data: pd.DataFrame) -> pd.DataFrame:
    lines = pd.get_dummies(pd.Categorical(data["line"], categories=[f"L{n}" for n in range(6)]), dtype=float).set_axis(data.index)
    return pd.concat([data[[f"s{n}" for n in range(30)]], lines], axis=1)


def searched(data: pd.DataFrame) -> HalvingRandomSearchCV:
    search = HalvingRandomSearchCV(
        ExtraTreesClassifier(),
        SPACE,
        n_candidates=40,
        factor=4,
        resource="n_estimators",
        min_resources=5,
        max_resources=60,
        cv=Days().folds(data),
        scoring="f1_macro",
        random_state=21,
    )
    return search.fit(numbers(data), data["state"])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    search = searched(data.reset_index(drop=True))
    return {"f1_macro": float(search.best_score_), "candidates": float(sum(search.n_candidates_))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(searched(data.reset_index(drop=True)).best_estimator_, model_dir / "trees.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(model_dir / "trees.joblib").predict_proba(numbers(data))
