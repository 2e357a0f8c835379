"""Scorecard: every number becomes a decile, a logistic regression gives the points."""

import json

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

RAW = ["usage_trend", "charge", "tenure", "tickets_90d", "age"]


def numbers(d):
    n = d[["usage_trend", "tickets_90d", "age"]].astype(float)
    n["charge"] = d["monthly_charge"].str.rstrip(" EUR").astype(float)
    n["tenure"] = (pd.to_datetime(d["snapshot_date"]) - pd.to_datetime(d["signup_date"])).dt.days.astype(float)
    return n[RAW]


def one_hot(codes):
    wide = [np.eye(11)[np.clip(codes[c].to_numpy().astype(int), 0, 10)] for c in RAW]
    return np.hstack(wide)


def flags(d):
    return np.column_stack([d["contract"] == c for c in ("monthly", "one_year")] + [d["satisfaction"].isna()])


def evaluate(data):
    n = numbers(data)
    codes = n.apply(lambda col: pd.qcut(col, 10, labels=False, duplicates="drop"))
    X = np.hstack([one_hot(codes), flags(data)])
    y = data["churned"].to_numpy()
    hashed = data["customer_id"].map(lambda i: (i * 2654435761) % 2**32 / 2**32)
    future = data["snapshot_date"] >= "2023-08-01"
    tr = ((hashed < 0.7) & ~future).to_numpy()
    te = ((hashed >= 0.7) & future).to_numpy()
    card = LogisticRegression(C=0.3, max_iter=400).fit(X[tr], y[tr])
    return {"roc_auc": roc_auc_score(y[te], card.decision_function(X[te]))}


def bins(n, edges):
    return pd.DataFrame({c: np.searchsorted(edges[c], n[c]) for c in RAW})


def train(data, model_dir):
    n = numbers(data)
    edges = {c: sorted(set(np.quantile(n[c], np.arange(0.1, 1, 0.1)))) for c in RAW}
    card = LogisticRegression(C=0.3, max_iter=400).fit(
        np.hstack([one_hot(bins(n, edges)), flags(data)]), data["churned"])
    saved = {"edges": edges, "coef": card.coef_[0].tolist(), "intercept": float(card.intercept_[0])}
    (model_dir / "card.json").write_text(json.dumps(saved))


def predict(data, model_dir):
    card = json.loads((model_dir / "card.json").read_text())
    X = np.hstack([one_hot(bins(numbers(data), card["edges"])), flags(data)])
    return 1 / (1 + np.exp(-(X @ np.array(card["coef"]) + card["intercept"])))
