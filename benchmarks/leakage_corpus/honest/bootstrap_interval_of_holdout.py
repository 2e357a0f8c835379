"""A single held-out part and a bootstrap over its customers: the interval is as wide as it is."""
from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

DRAWS = 300
HOLD_OUT = 0.3


def columns(rows: pd.DataFrame) -> pd.DataFrame:
    at = pd.to_datetime(rows["snapshot_date"])
    X = rows[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].copy()
    X["tenure"] = (at - pd.to_datetime(rows["signup_date"])).dt.days
    X["promo_left"] = (pd.to_datetime(rows["discount_end_date"]) - at).dt.days
    X["charge"] = rows["monthly_charge"].str.replace(" EUR", "").astype(float)
    X["term"] = rows["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2})
    return X


def fit(rows: pd.DataFrame) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.06, max_leaf_nodes=6, min_samples_leaf=80, random_state=0
    ).fit(columns(rows), rows["churned"])


def bootstrap(truth: np.ndarray, score: np.ndarray, customer: np.ndarray) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    where = {c: np.flatnonzero(customer == c) for c in np.unique(customer)}
    names, aucs = np.array(list(where)), []
    for _ in range(DRAWS):
        drawn = np.concatenate([where[c] for c in rng.choice(names, len(names))])
        aucs.append(roc_auc_score(truth[drawn], score[drawn]))
    low, high = np.percentile(aucs, [2.5, 97.5])
    return float(low), float(high)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fit(data.drop_duplicates()), Path(model_dir) / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates()
    customers = np.random.default_rng(5).permutation(np.sort(rows["customer_id"].unique()))
    new = rows["customer_id"].isin(customers[: int(HOLD_OUT * len(customers))])
    late = rows["snapshot_date"] >= "2023-10-01"
    test = rows[new & late]
    score = fit(rows[~new & ~late]).predict_proba(columns(test))[:, 1]
    truth = test["churned"].to_numpy()
    low, high = bootstrap(truth, score, test["customer_id"].to_numpy())
    return {"roc_auc": float(roc_auc_score(truth, score)), "low": low, "high": high, "rows": float(len(test))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(columns(data))[:, 1]
