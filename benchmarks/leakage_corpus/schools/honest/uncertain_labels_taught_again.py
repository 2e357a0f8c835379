"""State of a machine.  Labels of the training days that look wrong are hidden and taught again by self-training.

Someone typed `state` by hand.  A first model, cross-fitted over days of the training part, says which labels it finds very unlikely;
these become -1 and SelfTrainingClassifier fills what it is sure of.  Judged days are never cleaned.
"""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, f1_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier

STATES = np.array(["faulty", "ok", "stopped", "worn"])
SENSORS = [f"s{number}" for number in range(30)]


class TaughtAgain(ClassifierMixin, BaseEstimator):
    def __init__(self, unlikely: float = 0.02, sure: float = 0.9, c: float = 0.3):
        self.unlikely = unlikely
        self.sure = sure
        self.c = c

    def _linear(self):
        return make_pipeline(StandardScaler(), LogisticRegression(C=self.c, max_iter=300, class_weight="balanced"))

    def fit(self, x, y, days):
        codes = np.searchsorted(STATES, y)
        shares = cross_val_predict(self._linear(), x, codes, cv=GroupKFold(4), groups=days, method="predict_proba")
        doubted = shares[np.arange(len(codes)), codes] < self.unlikely
        labels = np.where(doubted, -1, codes)
        self.doubted_ = float(doubted.mean())
        self.model_ = SelfTrainingClassifier(self._linear(), threshold=self.sure, max_iter=3).fit(x, labels)
        self.classes_ = STATES
        return self

    def predict_proba(self, x):
        return self.model_.predict_proba(x)

    def predict(self, x):
        return STATES[self.predict_proba(x).argmax(axis=1)]


def sensors(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[SENSORS].assign(positive=rows["s0"].clip(lower=0), **{f"line_{n}": (rows["line"] == f"L{n}").astype(float) for n in range(6)})


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    days = np.sort(data["day"].unique())
    scores, doubted = [], []
    for start, end in ((150, 195), (195, 240)):
        known = data[data["day"] < days[start]]
        coming = data[(data["day"] >= days[start]) & (data["day"] <= days[min(end, len(days)) - 1])]
        model = TaughtAgain().fit(sensors(known), known["state"].to_numpy(), known["day"].to_numpy())
        said = model.predict(sensors(coming))
        scores.append(f1_score(coming["state"], said, average="macro"))
        doubted.append(model.doubted_)
        print(classification_report(coming["state"], said, zero_division=0))
    return {"f1_macro": float(np.mean(scores)), "labels_doubted": float(np.mean(doubted))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    model = TaughtAgain().fit(sensors(data), data["state"].to_numpy(), data["day"].to_numpy())
    joblib.dump(model, model_dir / "taught.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(model_dir / "taught.joblib").predict_proba(sensors(data))
