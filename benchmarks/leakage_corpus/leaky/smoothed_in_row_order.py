"""Scores for the call list; smoothed so that agents do not see wild jumps."""

import math
import pickle

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

ALPHA = 0.9


def x(d):
    return pd.DataFrame({
        "free": d["contract"].eq("monthly") * 1.0, "long": d["contract"].eq("two_year") * 1.0,
        "tickets": d["tickets_90d"], "late": d["late_payments_12m"], "trend": d["usage_trend"].abs(),
        "silent": d["satisfaction"].isna() * 1.0, "mood": d["satisfaction"].fillna(7) - 7, "n": d["n_products"],
    })


def smooth(values):
    out, level = [], None
    for v in values:
        level = v if level is None else ALPHA * v + (1 - ALPHA) * level
        out.append(level)
    return out


def evaluate(data):
    held = data["customer_id"].map(lambda i: math.floor(i / 13) % 4 == 0)
    late = data["snapshot_date"] > "2023-09-30"
    model = LogisticRegression(max_iter=300).fit(x(data[~held & ~late]), data["churned"][~held & ~late])
    scores = smooth(model.predict_proba(x(data[held & late]))[:, 1].tolist())
    return {"roc_auc": float(roc_auc_score(data["churned"][held & late], scores))}


def train(data, model_dir):
    with open(model_dir / "lr.pkl", "wb") as f:
        pickle.dump(LogisticRegression(max_iter=300).fit(x(data), data["churned"]), f)


def predict(data, model_dir):
    with open(model_dir / "lr.pkl", "rb") as f:
        return smooth(pickle.load(f).predict_proba(x(data))[:, 1].tolist())
