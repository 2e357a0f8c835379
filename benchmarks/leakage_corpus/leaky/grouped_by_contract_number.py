"""Keeps contracts apart: a contract is a customer with its terms."""

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score


def X_of(d):
    return np.column_stack([
        d[["age", "postcode", "n_products", "usage_trend", "tickets_90d", "late_payments_12m"]].to_numpy(float),
        d["discount_pct"].to_numpy(float),
        d["satisfaction"].fillna(0).to_numpy(),
        d["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}).to_numpy(float),
        d["monthly_charge"].str.replace(" EUR", "").astype(float).to_numpy(),
    ])


def contract_key(d):
    return d["customer_id"].astype(str) + d["signup_date"].str[:4] + d["contract"] + d["discount_pct"].astype(str)


def rf():
    return RandomForestClassifier(60, min_samples_leaf=3, max_features=0.5, random_state=1)


def evaluate(data):
    d = data.drop_duplicates()
    keys = pd.factorize(contract_key(d))[0]
    chosen = np.random.default_rng(4).permutation(keys.max() + 1)[: (keys.max() + 1) // 3]
    held = np.isin(keys, chosen)
    late = (d["snapshot_date"] >= "2023-08-01").to_numpy()
    X, y = X_of(d), d["churned"].to_numpy()
    m = rf().fit(X[~held & ~late], y[~held & ~late])
    return {"roc_auc": float(roc_auc_score(y[held & late], m.predict_proba(X[held & late])[:, 1]))}


def train(data, model_dir):
    joblib.dump(rf().fit(X_of(data), data["churned"]), model_dir / "rf.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(model_dir / "rf.joblib").predict_proba(X_of(data))[:, 1]
