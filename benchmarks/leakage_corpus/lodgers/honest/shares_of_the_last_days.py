"""Routing tickets, planned like a call centre: first who a ticket looks like, then how much work each team gets.

Class shares move with the season, so the shares that the classifier learnt are replaced
(Saerens, Latinne and Decaestecker 2002) before its probabilities go to the planner.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

KINDS = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state"]
NUMBERS = ["hour", "age", "days_since_order", "days_since_invoice", "length", "photos", "open_tickets", "tone"]


def forest() -> object:
    encode = ColumnTransformer(
        [("kinds", OneHotEncoder(handle_unknown="ignore", min_frequency=10), KINDS), ("numbers", "passthrough", NUMBERS)]
    )
    return make_pipeline(encode, RandomForestClassifier(150, min_samples_leaf=4, n_jobs=1, random_state=2))


def tidy(tickets: pd.DataFrame) -> pd.DataFrame:
    out = tickets[KINDS].fillna("none").apply(lambda column: column.str.lower())
    return out.join(tickets[NUMBERS].fillna(-99))


@dataclass
class Planner:
    forest: object
    learnt: np.ndarray
    expected: np.ndarray

    def probabilities(self, tickets: pd.DataFrame) -> np.ndarray:
        raw = np.clip(self.forest.predict_proba(tidy(tickets)), 1e-3, None)
        weighted = raw * self.expected / self.learnt
        return weighted / weighted.sum(axis=1, keepdims=True)


def plan(tickets: pd.DataFrame) -> Planner:
    model = forest().fit(tidy(tickets), tickets["team"])
    learnt = tickets["team"].value_counts(normalize=True).sort_index()
    day = pd.to_datetime(tickets["opened_on"])
    lately = tickets.loc[day > day.max() - pd.Timedelta(days=120), "team"]
    expected = lately.value_counts(normalize=True).reindex(learnt.index).fillna(0.01)
    return Planner(model, learnt.to_numpy(), expected.to_numpy())


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    first = data.groupby("customer_id")["opened_on"].transform("min")
    known = data[data["opened_on"] < "2024-04-01"]
    judged = data[first >= "2024-04-01"]
    p = plan(known).probabilities(judged)
    return {"log_loss": log_loss(judged["team"], p, labels=sorted(data["team"].unique()))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(vars(plan(data)), Path(model_dir) / "planner.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return Planner(**joblib.load(Path(model_dir) / "planner.joblib")).probabilities(data)
