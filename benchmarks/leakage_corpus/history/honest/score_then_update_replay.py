"""Tickets: counts of teams by topic and parcel state, replayed day by day. Score first, update afterwards."""

from __future__ import annotations

import pickle
from collections import defaultdict
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TEAMS = ("account", "billing", "delivery", "legal", "returns", "technical")
FIELDS = ("topic", "parcel_state", "product", "channel", "segment")


class History:
    """Counts of teams by the value of each field."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.ones(len(TEAMS)))

    def score(self, ticket: dict) -> np.ndarray:
        logs = [np.log(self.counts.get((f, ticket[f]), np.ones(len(TEAMS)))) for f in FIELDS]
        return np.concatenate([v - v.mean() for v in logs])

    def update(self, ticket: dict) -> None:
        for f in FIELDS:
            self.counts[f, ticket[f]][TEAMS.index(ticket["team"])] += 1

    def replay(self, frame: pd.DataFrame) -> np.ndarray:
        """What each ticket was scored with on its day; the day's own teams are learnt in the evening."""
        tickets = frame[[*FIELDS, "opened_on", "team"]].to_dict("records")
        scores = np.zeros((len(tickets), len(FIELDS) * len(TEAMS)))
        order = sorted(range(len(tickets)), key=lambda i: tickets[i]["opened_on"])
        for _, day in groupby(order, key=lambda i: tickets[i]["opened_on"]):
            numbers = list(day)
            for i in numbers:
                scores[i] = self.score(tickets[i])
            for i in numbers:
                self.update(tickets[i])
        return scores


def plain(frame: pd.DataFrame) -> np.ndarray:
    return np.column_stack(
        [
            frame["days_since_order"].fillna(400).clip(0, 400),
            frame["days_since_invoice"],
            frame["photos"],
            frame["tone"].fillna(0),
            frame["error_code"].notna(),
            frame["hour"].between(8, 18),
        ]
    ).astype(float)


def fit(frame: pd.DataFrame) -> tuple:
    history = History()
    scores = history.replay(frame)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=400))
    return model.fit(np.hstack([plain(frame), scores]), frame["team"]), history


def chances(frame: pd.DataFrame, model, history: History) -> np.ndarray:
    scores = np.array([history.score(t) for t in frame[list(FIELDS)].to_dict("records")])
    given = model.predict_proba(np.hstack([plain(frame), scores]))
    out = np.full((len(frame), len(TEAMS)), 1e-6)
    out[:, [TEAMS.index(c) for c in model.classes_]] = given
    return out / out.sum(axis=1, keepdims=True)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    writers = np.sort(data["customer_id"].unique())[::3]
    held = data["customer_id"].isin(writers)
    early, late = data[~held & (data["opened_on"] < "2024-02-01")], data[held & (data["opened_on"] >= "2024-02-01")]
    model, history = fit(early)
    return {"log_loss": float(log_loss(late["team"], chances(late, model, history), labels=list(TEAMS)))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    model, history = fit(data.drop_duplicates())
    (Path(model_dir) / "replayed.pkl").write_bytes(pickle.dumps((model, dict(history.counts))))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, counts = pickle.loads((Path(model_dir) / "replayed.pkl").read_bytes())
    history = History()
    history.counts.update(counts)
    return chances(data, model, history)
