"""Which team: shares of the teams among earlier tickets of a topic, found by bisection in sorted days."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss
from xgboost import XGBClassifier

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
TOPICS = ["bill", "contract", "fault", "login", "other", "parcel", "return", "setup"]
PARCEL = ["none", "underway", "delivered", "lost"]
SETTLED_AFTER = 14  # days until the team that answered in the end is on record


def day_number(frame):
    return pd.to_datetime(frame["opened_on"]).to_numpy().astype("datetime64[D]").astype(np.int64)


class Past:
    """Sorted days and running counts of teams for each topic."""

    def __init__(self, frame):
        days, teams = day_number(frame), np.asarray([TEAMS.index(t) for t in frame["team"]])
        self.days, self.counts = {}, {}
        for topic in TOPICS:
            here = np.flatnonzero((frame["topic"] == topic).to_numpy())
            here = here[np.argsort(days[here], kind="stable")]
            self.days[topic] = days[here]
            self.counts[topic] = np.vstack([np.zeros(6), np.cumsum(np.eye(6)[teams[here]], axis=0)])

    def shares(self, frame):
        out = np.full((len(frame), 6), 1 / 6)
        asked, topics = day_number(frame) - SETTLED_AFTER, frame["topic"].to_numpy()
        for topic in TOPICS:
            rows = np.flatnonzero(topics == topic)
            seen = np.searchsorted(self.days[topic], asked[rows], side="left")
            counts = self.counts[topic][seen] + 1.0
            out[rows] = counts / counts.sum(axis=1, keepdims=True)
        return out


def features(frame, past):
    cols = [
        frame["hour"],
        frame["days_since_order"],
        frame["days_since_invoice"],
        frame["photos"],
        frame["open_tickets"],
        frame["tone"],
        frame["parcel_state"].map(PARCEL.index),
        frame["topic"].map(TOPICS.index),
        frame["error_code"].notna(),
        frame["segment"] == "business",
    ]
    return np.column_stack([*(np.asarray(c, dtype=float) for c in cols), past.shares(frame)])


def booster():
    return XGBClassifier(n_estimators=120, max_depth=4, learning_rate=0.08, subsample=0.8, random_state=5, n_jobs=1)


def codes(frame):
    return np.asarray([TEAMS.index(t) for t in frame["team"]])


def evaluate(data):
    data = data.drop_duplicates()
    ids = data["customer_id"] % 4 == 0
    learn, judge = data[~ids & (data["opened_on"] < "2024-03-01")], data[ids & (data["opened_on"] >= "2024-03-01")]
    past = Past(learn)
    model = booster().fit(features(learn, past), codes(learn))
    return {"log_loss": float(log_loss(codes(judge), model.predict_proba(features(judge, past)), labels=range(6)))}


def train(data, model_dir):
    data = data.drop_duplicates()
    past = Past(data)
    with open(Path(model_dir) / "model.pkl", "wb") as f:
        pickle.dump((booster().fit(features(data, past), codes(data)), past.days, past.counts), f)


def predict(data, model_dir):
    with open(Path(model_dir) / "model.pkl", "rb") as f:
        model, days, counts = pickle.load(f)
    past = Past.__new__(Past)
    past.days, past.counts = days, counts
    return model.predict_proba(features(data, past))
