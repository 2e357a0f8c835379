"""Hashed tokens into a linear model trained by stochastic gradient descent."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import SGDClassifier

TEAMS = ("account", "billing", "delivery", "legal", "returns", "technical")
WORDS = ("topic", "product", "channel", "language", "segment", "parcel_state")
BINS = {
    "days_since_order": (7, 14, 30, 90, 365),
    "days_since_invoice": (3, 7, 14, 21),
    "words": (20, 50, 100, 200),
    "value": (20, 50, 100, 300),
    "tone": (-0.5, -0.1, 0.3),
    "since": (90, 365, 1000),
    "age": (25, 40, 65),
    "hour": (8, 12, 18),
}


def tokens(rows: pd.DataFrame) -> list[list[str]]:
    """Words like `topic=bill` and crosses of two; numbers by limits that are written above."""
    binned = {name: np.where(rows[name].isna(), -1, np.digitize(rows[name].fillna(0), limits)) for name, limits in BINS.items()}
    out = []
    for i, row in enumerate(rows[[*WORDS, "error_code", "photos", "open_tickets"]].itertuples(index=False)):
        own = [f"{name}={value}" for name, value in zip(WORDS, row)]
        own += [f"{name}~{values[i]}" for name, values in binned.items()]
        own += [f"error={str(row.error_code)[:2]}", f"photos={min(row.photos, 3)}", f"open={min(row.open_tickets, 3)}"]
        own += [f"topic={row.topic}&{other}" for other in own[1:]]
        out.append(own)
    return out


class RouterModel:
    def __init__(self, alpha: float = 1e-2, seeds: tuple[int, ...] = (0, 1, 2)):
        self.alpha, self.seeds = alpha, seeds
        self.hasher = FeatureHasher(n_features=2**14, input_type="string", alternate_sign=False)

    def fit(self, rows: pd.DataFrame) -> RouterModel:
        X = self.hasher.transform(tokens(rows))
        self.members = [
            SGDClassifier(loss="log_loss", alpha=self.alpha, penalty="l2", average=True, max_iter=50, random_state=s).fit(X, rows["team"])
            for s in self.seeds
        ]
        return self

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        X = self.hasher.transform(tokens(rows))
        logs = np.mean([np.log(softmax(m.decision_function(X))) for m in self.members], axis=0)
        return softmax(logs)

    def save(self, folder: Path) -> None:
        joblib.dump(self, folder / "router.joblib")

    @staticmethod
    def load(folder: Path) -> RouterModel:
        return joblib.load(folder / "router.joblib")


def softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.clip(e / e.sum(axis=1, keepdims=True), 1e-6, 1) / np.clip(e / e.sum(axis=1, keepdims=True), 1e-6, 1).sum(axis=1, keepdims=True)
