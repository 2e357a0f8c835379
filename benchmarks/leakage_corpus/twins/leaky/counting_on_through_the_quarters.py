"""Tickets: smoothed team shares by topic, product and language, counted as tickets come, and LightGBM on them.

Three backtests, the latest first.  A backtest is judged on two months and on customers who had not written before.
"""

import json
import logging
from collections import Counter, defaultdict
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

log = logging.getLogger("tickets")
BACKTESTS = (("2024-05-01", "2024-07-01"), ("2024-03-01", "2024-05-01"), ("2024-01-01", "2024-03-01"))


def keys_of(ticket):
    yield f"topic {ticket.topic}"
    yield f"topic and parcel {ticket.topic} {ticket.parcel_state}"
    yield f"product {ticket.product}"
    yield f"language and topic {str(ticket.language).lower()} {ticket.topic}"
    yield f"code {str(ticket.error_code)[:3]}"


class TeamCounts:
    """How often each team answered tickets with a key; more tickets can be counted at any time."""

    def __init__(self, weight=20.0):
        self.weight = weight
        self.by_key = defaultdict(Counter)
        self.all = Counter()

    def count(self, df):
        for ticket in df.itertuples():
            self.all[ticket.team] += 1
            for key in keys_of(ticket):
                self.by_key[key][ticket.team] += 1
        return self

    def shares(self, key):
        counts = self.by_key.get(key, Counter())
        total, everywhere = sum(counts.values()) + self.weight, sum(self.all.values())
        return [(counts[team] + self.weight * self.all[team] / everywhere) / total for team in self.teams()]

    def teams(self):
        return sorted(self.all)

    def table(self, df):
        """One row of shares a ticket."""
        return np.array([[share for key in keys_of(t) for share in self.shares(key)] for t in df.itertuples()])


def plain(df):
    return np.column_stack(
        [
            df["hour"],
            df["age"].where(df["age"] < 120),
            df["days_since_order"],
            df["days_since_invoice"],
            df["length"] / np.where(df["opened_on"] < "2023-10-01", 6.0, 1.0),
            df["photos"],
            df["open_tickets"],
            df["tone"],
            df["segment"] == "business",
            df["channel"] == "phone",
            df["channel"] == "mail",
            df["error_code"].notna(),
        ]
    ).astype(float)


def fit(df, counts):
    X = np.hstack([plain(df), counts.table(df)])
    params = dict(n_estimators=70, learning_rate=0.08, num_leaves=8, min_child_samples=30, reg_lambda=5, n_jobs=1, verbose=-1)
    return lgb.LGBMClassifier(**params).fit(X, df["team"])


def evaluate(data):
    df = data.drop_duplicates().reset_index(drop=True)
    losses, counts = [], TeamCounts()
    for start, end in BACKTESTS:
        before = df[df["opened_on"] < start]
        judged = df[(df["opened_on"] >= start) & (df["opened_on"] < end) & ~df["customer_id"].isin(before["customer_id"])]
        model = fit(before, counts.count(before))
        probabilities = model.predict_proba(np.hstack([plain(judged), counts.table(judged)]))
        losses.append(log_loss(judged["team"], probabilities, labels=model.classes_))
        log.info("%s to %s: %d before, %d judged, %.4f", start, end, len(before), len(judged), losses[-1])
    return {"log_loss": float(np.mean(losses)), "log_loss_latest": float(losses[0])}


def train(data, model_dir):
    df = data.drop_duplicates().reset_index(drop=True)
    counts = TeamCounts().count(df)
    fit(df, counts).booster_.save_model(str(Path(model_dir) / "trees.txt"))
    saved = {"all": counts.all, "by_key": counts.by_key}
    (Path(model_dir) / "counts.json").write_text(json.dumps(saved))


def predict(data, model_dir):
    saved = json.loads((Path(model_dir) / "counts.json").read_text())
    counts = TeamCounts()
    counts.all = Counter(saved["all"])
    counts.by_key = {key: Counter(by_team) for key, by_team in saved["by_key"].items()}
    booster = lgb.Booster(model_file=str(Path(model_dir) / "trees.txt"))
    return booster.predict(np.hstack([plain(data), counts.table(data)]), num_threads=1)
