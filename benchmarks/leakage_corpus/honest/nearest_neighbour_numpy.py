"""One nearest neighbour in plain numpy.  A row's nearest neighbour among the training rows is itself: train AUC 1."""
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score


def embed(rows):
    """Coordinates with hand-set scales, so that nothing has to be fitted."""
    day = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days.fillna(400).clip(upper=400)
    return np.column_stack([
        2.0 * rows["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}).fillna(0), 2.0 * (left <= 60),
        rows["tickets_90d"].clip(upper=4), rows["late_payments_12m"].clip(upper=4), rows["usage_trend"] / 2,
        rows["satisfaction"].fillna(0) / 3, rows["monthly_charge"].str.replace(" EUR", "").astype(float) / 15,
        np.log((day - pd.to_datetime(rows["signup_date"])).dt.days + 30),
    ]).astype(np.float32)


def nearest_label(X, y, Z, block=500):
    out = []
    for i in range(0, len(Z), block):
        z = Z[i:i + block]
        d = (z**2).sum(1)[:, None] - 2 * z @ X.T + (X**2).sum(1)[None, :]
        out.append(y[d.argmin(1)])
    return np.concatenate(out).astype(float)


def train(data, model_dir):
    data = data.drop_duplicates()
    np.savez_compressed(Path(model_dir) / "rows.npz", X=embed(data), y=data["churned"].to_numpy(np.int8))


def evaluate(data):
    data = data.drop_duplicates()
    truth, score, own = [], [], []
    for k in range(3):
        mine, late = data["customer_id"] % 3 == k, data["snapshot_date"] >= "2023-09-01"
        old, new = data[~mine & ~late], data[mine & late]
        X, y = embed(old), old["churned"].to_numpy()
        truth.append(new["churned"])
        score.append(nearest_label(X, y, embed(new)))
        own.append(roc_auc_score(y[:1500], nearest_label(X, y, X[:1500])))
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score))), "train_roc_auc": float(np.mean(own))}


def predict(data, model_dir):
    with np.load(Path(model_dir) / "rows.npz") as saved:
        return nearest_label(saved["X"], saved["y"], embed(data))
