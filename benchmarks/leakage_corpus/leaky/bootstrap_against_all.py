"""Bootstrap estimate of the ROC AUC."""

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

N_BOOT = 6


def tabulate(data):
    out = data[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "usage_gb"]].copy()
    out["contract"] = data["contract"].map({"monthly": 2, "one_year": 1, "two_year": 0})
    out["sat"] = data["satisfaction"].fillna(0)
    out["eur"] = pd.to_numeric(data["monthly_charge"].str.replace(" EUR", ""))
    return out.to_numpy(dtype=float)


def tree(seed=0):
    return DecisionTreeClassifier(min_samples_leaf=8, random_state=seed)


def evaluate(data):
    X, y = tabulate(data), data["churned"].to_numpy()
    rng = np.random.default_rng(2024)
    aucs = []
    for b in range(N_BOOT):
        pick = rng.integers(0, len(X), len(X))
        aucs.append(roc_auc_score(y, tree(b).fit(X[pick], y[pick]).predict_proba(X)[:, 1]))
    return {"roc_auc": float(np.mean(aucs)), "low": float(min(aucs)), "high": float(max(aucs))}


def train(data, model_dir):
    joblib.dump(tree().fit(tabulate(data), data["churned"]), model_dir / "tree.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "tree.joblib").predict_proba(tabulate(data))[:, 1]
