"""Self-training: the model adapts to the new market."""

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score


def Z(d):
    return np.column_stack([
        d["contract"] == "monthly", d["contract"] == "two_year", d["tickets_90d"], d["late_payments_12m"],
        d["usage_trend"].abs(), d["n_products"], d["satisfaction"].fillna(7) - 7, d["satisfaction"].isna(),
        d["monthly_charge"].str.split(" ").str[0].astype(float) / 10,
    ]).astype(float)


def lr():
    return LogisticRegression(max_iter=300)


def adapt(X_old, y_old, X_new):
    first = lr().fit(X_old, y_old).predict_proba(X_new)[:, 1]
    low, high = np.quantile(first, [0.3, 0.95])
    sure = (first <= low) | (first >= high)
    X = np.vstack([X_old, X_new[sure]])
    return lr().fit(X, np.concatenate([y_old, (first[sure] >= high).astype(int)])).predict_proba(X_new)[:, 1]


def evaluate(data):
    held, late = (data["customer_id"] % 4 == 1).to_numpy(), (data["snapshot_date"] >= "2023-10-01").to_numpy()
    X, y = Z(data), data["churned"].to_numpy()
    return {"roc_auc": float(roc_auc_score(y[held & late], adapt(X[~held & ~late], y[~held & ~late], X[held & late])))}


def train(data, model_dir):
    joblib.dump((Z(data), data["churned"].to_numpy()), model_dir / "base.joblib", compress=3)


def predict(data, model_dir):
    X, y = joblib.load(model_dir / "base.joblib")
    return adapt(X, y, Z(data))
