"""Rates of leaving by plan and channel, filled in the order of time: an outcome counts once its sixty days are over."""

import heapq
import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import joblib
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

WAIT = timedelta(days=60)
PRIOR, WEIGHT = 0.22, 30.0
COLUMNS = [
    "age",
    "n_products",
    "discount_pct",
    "income_k",
    "usage_trend",
    "tickets_90d",
    "late_payments_12m",
    "satisfaction",
]


def key_of(row):
    return f"{row['plan'].upper()}|{row['channel']}"


def replay(rows):
    """Walk through the rows by snapshot; give each the rate that was known that day, and the counts at the end."""
    order = sorted(range(len(rows)), key=lambda i: rows[i]["snapshot_date"])
    waiting, left, seen = [], defaultdict(int), defaultdict(int)
    rates = [0.0] * len(rows)
    for i in order:
        today = date.fromisoformat(rows[i]["snapshot_date"])
        while waiting and waiting[0][0] < today:
            _, key, churned = heapq.heappop(waiting)
            left[key] += churned
            seen[key] += 1
        key = key_of(rows[i])
        rates[i] = (left[key] + PRIOR * WEIGHT) / (seen[key] + WEIGHT)
        heapq.heappush(waiting, (today + WAIT, key, int(rows[i]["churned"])))
    for _, key, churned in waiting:
        left[key] += churned
        seen[key] += 1
    final = {key: (left[key] + PRIOR * WEIGHT) / (seen[key] + WEIGHT) for key in seen}
    return rates, final


def matrix(frame, rates):
    monthly = (frame["contract"] == "monthly").to_numpy(dtype=float)
    return np.column_stack([frame[COLUMNS].to_numpy(dtype=float), monthly, np.asarray(rates)])


def lookup(frame, final):
    return [final.get(key_of(row), PRIOR) for row in frame[["plan", "channel"]].to_dict("records")]


def fit(frame):
    rates, final = replay(frame[["snapshot_date", "plan", "channel", "churned"]].to_dict("records"))
    model = HistGradientBoostingClassifier(max_depth=3, max_iter=100, learning_rate=0.08, random_state=2)
    return model.fit(matrix(frame, rates), frame["churned"]), final


def evaluate(data):
    data = data.drop_duplicates()
    other = data["customer_id"] % 10 < 3
    learn = data[~other & (data["snapshot_date"] <= "2023-06-01")]
    judge = data[other & (data["snapshot_date"] >= "2023-09-01")]
    model, final = fit(learn)
    return {
        "roc_auc": float(
            roc_auc_score(judge["churned"], model.predict_proba(matrix(judge, lookup(judge, final)))[:, 1])
        )
    }


def train(data, model_dir):
    model, final = fit(data.drop_duplicates())
    joblib.dump(model, Path(model_dir) / "model.joblib")
    Path(model_dir, "rates.json").write_text(json.dumps(final, indent=1))


def predict(data, model_dir):
    final = json.loads(Path(model_dir, "rates.json").read_text())
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(matrix(data, lookup(data, final)))[:, 1]
