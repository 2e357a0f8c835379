"""The candidate's own permutation test: labels are shuffled between customers and the whole evaluation is repeated."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROUNDS = 12


def features(rows):
    day = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days
    free = rows["contract"] == "monthly"
    return np.column_stack([
        free, rows["contract"] == "two_year", (free & (left <= 60)) * rows["discount_pct"], free & (left > 60),
        np.log((day - pd.to_datetime(rows["signup_date"])).dt.days + 30), rows["monthly_charge"].str.replace(" EUR", "").astype(float),
        rows["satisfaction"].fillna(7), rows["satisfaction"].isna(), rows["usage_trend"], rows["usage_trend"].abs(),
        rows["tickets_90d"], rows["late_payments_12m"], rows["n_products"],
    ]).astype(float)


def model():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5))


def forward_auc(X, y, customer, month):
    late = month >= "2023-10-01"
    fold = customer % 4
    s = np.zeros(len(y))
    for k in range(4):
        a, b = (fold != k) & ~late, (fold == k) & late
        s[b] = model().fit(X[a], y[a]).predict_proba(X[b])[:, 1]
    return roc_auc_score(y[late], s[late])


def shuffled(y, customer, rng):
    """Every customer gets the mean rate of another one as a coin's bias, so labels keep going together."""
    rate = pd.Series(y).groupby(customer).mean()
    moved = pd.Series(rng.permutation(rate.to_numpy()), index=rate.index)
    return (rng.random(len(y)) < moved.loc[customer].to_numpy()).astype(int)


def evaluate(data):
    rows = data.drop_duplicates()
    X, y = features(rows), rows["churned"].to_numpy()
    customer, month = rows["customer_id"].to_numpy(), rows["snapshot_date"].to_numpy(dtype=str)
    found = forward_auc(X, y, customer, month)
    rng = np.random.default_rng(0)
    null = np.array([forward_auc(X, shuffled(y, customer, rng), customer, month) for _ in range(ROUNDS)])
    return {"roc_auc": float(found), "null_mean": float(null.mean()), "null_sd": float(null.std()),
            "p_value": float((1 + (null >= found).sum()) / (1 + ROUNDS))}


def train(data, model_dir):
    rows = data.drop_duplicates()
    joblib.dump(model().fit(features(rows), rows["churned"]), Path(model_dir) / "lr.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "lr.joblib").predict_proba(features(data))[:, 1]
