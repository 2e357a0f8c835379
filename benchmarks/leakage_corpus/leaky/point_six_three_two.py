"""Bootstrap .632 estimate over customers, as in the textbook."""

import joblib
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score


def table(d):
    return np.column_stack([
        d[["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]].to_numpy(float),
        d["satisfaction"].fillna(0), d["monthly_charge"].str.replace(" EUR", "").astype(float),
        d["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}),
    ])


def forest(seed=0):
    return RandomForestClassifier(25, random_state=seed)


def evaluate(data):
    X, y, who = table(data), data["churned"].to_numpy(), data["customer_id"].to_numpy()
    late = (data["snapshot_date"] >= "2023-10-01").to_numpy()
    rng = np.random.default_rng(0)
    inside, outside = [], []
    for b in range(3):
        bag = np.isin(who, rng.choice(np.unique(who), len(np.unique(who))))
        fit, out = bag & ~late, ~bag & late
        m = forest(b).fit(X[fit], y[fit])
        inside.append(roc_auc_score(y[fit], m.predict_proba(X[fit])[:, 1]))
        outside.append(roc_auc_score(y[out], m.predict_proba(X[out])[:, 1]))
    return {"roc_auc": float(0.368 * np.mean(inside) + 0.632 * np.mean(outside))}


def train(data, model_dir):
    joblib.dump(forest().fit(table(data), data["churned"]), model_dir / "rf.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(model_dir / "rf.joblib").predict_proba(table(data))[:, 1]
