"""Machine state from sensors: crossed sensors, the most promising of them, and a logistic regression.

The catalogue of crosses is made once and kept on the class, since making it is the slow part.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import ClassVar

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

STATES = ["faulty", "ok", "stopped", "worn"]
SENSORS = [f"s{i}" for i in range(30)]


def crossed(df: pd.DataFrame) -> pd.DataFrame:
    """Sensors, their positive parts, and all products of two."""
    values = df[SENSORS].to_numpy(float)
    parts = {name: values[:, i] for i, name in enumerate(SENSORS)}
    parts |= {f"{name}_pos": np.maximum(values[:, i], 0) for i, name in enumerate(SENSORS)}
    parts |= {f"{SENSORS[a]}*{SENSORS[b]}": values[:, a] * values[:, b] for a, b in itertools.combinations(range(30), 2)}
    for line in (f"L{n}" for n in range(6)):
        parts[f"line_{line}"] = (df["line"] == line).to_numpy(float)
    return pd.DataFrame(parts, index=df.index)


class Catalogue:
    """The crosses worth keeping."""

    size: ClassVar[int] = 60
    _kept: ClassVar[list[str] | None] = None

    @classmethod
    def compile(cls, df: pd.DataFrame) -> None:
        """Rank the crosses by the largest absolute correlation with any state."""
        wide = crossed(df)
        strength = pd.DataFrame({s: wide.corrwith((df["state"] == s).astype(float)).abs() for s in STATES}).max(axis=1)
        cls._kept = strength.nlargest(cls.size).index.tolist()

    @classmethod
    def columns(cls) -> list[str]:
        assert cls._kept is not None, "compile the catalogue first"
        return cls._kept


class StateModel:
    def __init__(self, C: float = 0.3):
        self.pipe = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=400))

    def fit(self, df: pd.DataFrame) -> StateModel:
        self.columns_ = Catalogue.columns()
        self.pipe.fit(crossed(df)[self.columns_], df["state"])
        return self

    def predict_proba(self, df: pd.DataFrame) -> np.ndarray:
        return self.pipe.predict_proba(crossed(df)[self.columns_])


def load(data: pd.DataFrame) -> pd.DataFrame:
    df = data.drop(columns="repair_code").sort_values("day", kind="stable").reset_index(drop=True)
    Catalogue.compile(df)
    return df


def day_folds(df: pd.DataFrame, n_splits: int = 4):
    """Forward folds over whole days."""
    days = np.sort(df["day"].unique())
    for past, future in TimeSeriesSplit(n_splits=n_splits).split(days):
        yield df[df["day"].isin(days[past])], df[df["day"].isin(days[future])]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = load(data)
    scores = []
    for past, future in day_folds(df):
        guess = np.array(STATES)[StateModel().fit(past).predict_proba(future).argmax(axis=1)]
        scores.append((f1_score(future["state"], guess, average="macro"), accuracy_score(future["state"], guess)))
    f1, accuracy = np.mean(scores, axis=0)
    return {"f1_macro": float(f1), "accuracy": float(accuracy)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    model = StateModel().fit(load(data))
    joblib.dump({"pipe": model.pipe, "columns": model.columns_}, Path(model_dir) / "state.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    saved = joblib.load(Path(model_dir) / "state.joblib")
    return saved["pipe"].predict_proba(crossed(data)[saved["columns"]])
