"""Machine states: sensors, how strange a reading is for its line, and a class-weighted forest.

Strangeness is a distance (Mahalanobis, shrunk covariance) from what the line shows.
"""

from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.covariance import LedoitWolf
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import balanced_accuracy_score, f1_score

SENSORS = [f"s{n}" for n in range(30)]
STATES = np.array(["faulty", "ok", "stopped", "worn"])
LINES = [f"L{n}" for n in range(6)]


@dataclass
class Strangeness:
    """What is usual on a line, and how far from it a reading lies."""

    usual: dict[str, LedoitWolf] = field(default_factory=dict)

    def learn(self, readings: pd.DataFrame) -> "Strangeness":
        self.usual = {line: LedoitWolf().fit(rows[SENSORS]) for line, rows in readings.groupby("line")}
        return self

    def __call__(self, readings: pd.DataFrame) -> pd.Series:
        out = pd.Series(0.0, index=readings.index)
        for line, rows in readings.groupby("line"):
            usual = LedoitWolf().fit(rows[SENSORS])
            out[rows.index] = np.sqrt(usual.mahalanobis(rows[SENSORS]))
        return out


@dataclass
class StateModel:
    strangeness: Strangeness = field(default_factory=Strangeness)
    trees: int = 150

    def table(self, readings: pd.DataFrame) -> np.ndarray:
        lines = [(readings["line"] == line).astype(float) for line in LINES]
        number = readings["operator"].str[2:].astype(int)
        return np.column_stack([readings[SENSORS], self.strangeness(readings), number, *lines])

    def fit(self, readings: pd.DataFrame) -> "StateModel":
        self.strangeness.learn(readings)
        self.forest = ExtraTreesClassifier(
            self.trees, min_samples_leaf=4, max_features=0.5, class_weight="balanced_subsample", random_state=8
        )
        self.forest.fit(self.table(readings), readings["state"])
        return self

    def predict_proba(self, readings: pd.DataFrame) -> np.ndarray:
        return self.forest.predict_proba(self.table(readings))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    days = np.sort(data["day"].unique())
    f1, balanced = [], []
    for share in (0.6, 0.8):
        first, after = days[int(share * len(days))], days[min(int((share + 0.2) * len(days)), len(days) - 1)]
        earlier, later = data[data["day"] < first], data[(data["day"] >= first) & (data["day"] <= after)]
        named = STATES[StateModel().fit(earlier).predict_proba(later).argmax(axis=1)]
        f1.append(f1_score(later["state"], named, average="macro"))
        balanced.append(balanced_accuracy_score(later["state"], named))
    return {"f1_macro": float(np.mean(f1)), "balanced_accuracy": float(np.mean(balanced))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(StateModel().fit(data), Path(model_dir) / "states.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "states.joblib").predict_proba(data)
