"""Machine state: select sensors and crosses inside the pipeline, forward folds over days.

`describe` writes the table of correlations that the report shows.  It uses all rows, since it describes the data; the model selects its
columns by itself, in each fold.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_selection import SelectKBest, VarianceThreshold, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, f1_score
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

logger = logging.getLogger(__name__)
STATES = ["faulty", "ok", "stopped", "worn"]


class Crosses(BaseEstimator, TransformerMixin):
    """Sensors, positive parts, and products of the leading sensors."""

    def __init__(self, leading: int = 8):
        self.leading = leading

    def fit(self, X, y=None):
        self.sensors_ = [c for c in X.columns if c.startswith("s") and c[1:].isdigit()]
        return self

    def transform(self, X):
        values = X[self.sensors_].to_numpy(float)
        lead = values[:, : self.leading]
        a, b = np.triu_indices(self.leading)
        return np.hstack([values, np.maximum(lead, 0), lead[:, a] * lead[:, b]])


@dataclass(frozen=True)
class Plan:
    keep: int = 35
    C: float = 0.4
    folds: int = 4

    def pipeline(self) -> Pipeline:
        return Pipeline(
            [
                ("crosses", Crosses()),
                ("constant", VarianceThreshold()),
                ("scale", StandardScaler()),
                ("select", SelectKBest(f_classif, k=self.keep)),
                ("model", LogisticRegression(C=self.C, max_iter=300)),
            ]
        )


def describe(data: pd.DataFrame) -> pd.DataFrame:
    """Correlation of each sensor with each state, for the report."""
    indicators = pd.get_dummies(data["state"], dtype=float)
    sensors = data.filter(regex=r"^s\d+$")
    table = pd.DataFrame({state: sensors.corrwith(indicators[state]) for state in STATES})
    return table.reindex(table.abs().max(axis=1).sort_values(ascending=False).index)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    plan = Plan()
    logger.info("strongest sensors\n%s", describe(data).head(10).round(3))
    days = np.sort(data["day"].unique())
    truths, guesses, scores = [], [], []
    for past, future in TimeSeriesSplit(plan.folds).split(days):
        fitting, judged = (data[data["day"].isin(days[part])] for part in (past, future))
        model = plan.pipeline().fit(fitting.drop(columns=["state", "repair_code"]), fitting["state"])
        guess = model.predict(judged.drop(columns=["state", "repair_code"]))
        scores.append(f1_score(judged["state"], guess, average="macro"))
        truths.append(judged["state"])
        guesses.append(guess)
    logger.info("\n%s", classification_report(np.concatenate(truths), np.concatenate(guesses)))
    return {"f1_macro": float(np.mean(scores)), "f1_macro_last": float(scores[-1])}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    describe(data).to_csv(Path(model_dir) / "correlations.csv")
    model = Plan().pipeline().fit(data.drop(columns=["state", "repair_code"]), data["state"])
    joblib.dump(model, Path(model_dir) / "state.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "state.joblib").predict_proba(data.drop(columns="repair_code"))
