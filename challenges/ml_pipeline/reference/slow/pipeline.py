"""Churn: careful features, and a bag of boosted trees that asks for them one row at a time."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

LEVELS = {
    "contract": ["monthly", "one_year", "two_year"],
    "region": ["north", "south", "east", "west", "metro"],
    "channel": ["web", "shop", "phone", "partner"],
    "payment_method": ["card", "debit", "transfer"],
}
BAG = 160


def one_row(row: dict) -> list[float]:
    """All features of one customer."""
    snapshot = pd.Timestamp(row["snapshot_date"])
    tenure = (snapshot - pd.Timestamp(row["signup_date"])).days
    end = row["discount_end_date"]
    left = (pd.Timestamp(end) - snapshot).days if isinstance(end, str) else np.nan
    free = row["contract"] == "monthly"
    term = {"one_year": 365, "two_year": 730}.get(row["contract"])
    usage = row["usage_gb"] / (1000 if row["snapshot_date"] < "2023-07-01" else 1)
    found = [
        tenure,
        left,
        (free and left <= 60) * row["discount_pct"],
        float(free and left > 60),
        -tenure % term if term else np.nan,
        usage,
        row["usage_trend"],
        abs(row["usage_trend"]),
        float(str(row["monthly_charge"]).split()[0]),
        row["satisfaction"],
        row["tickets_90d"],
        row["late_payments_12m"],
        row["n_products"],
        row["discount_pct"],
        np.nan if row["age"] == 999 else row["age"],
    ]
    return found + [float(row[name] == level) for name, levels in LEVELS.items() for level in levels]


def features(data: pd.DataFrame) -> np.ndarray:
    return np.asarray([one_row(row) for row in data.to_dict("records")], dtype=float)


def fit(X: np.ndarray, y: np.ndarray) -> list[HistGradientBoostingClassifier]:
    """A bag: each member sees another twelfth of the rows."""
    rng = np.random.default_rng(0)
    members = []
    for number in range(BAG):
        rows = rng.permutation(len(X))[: len(X) // 12]
        model = HistGradientBoostingClassifier(
            max_iter=12, learning_rate=0.25, max_leaf_nodes=8, min_samples_leaf=40, random_state=number
        )
        members.append(model.fit(X[rows], y[rows]))
    return members


def scores(members: list[HistGradientBoostingClassifier], X: np.ndarray) -> np.ndarray:
    return np.mean([model.predict_proba(X)[:, 1] for model in members], axis=0)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fit(features(data), data["churned"].to_numpy()), Path(model_dir) / "bag.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    """New customers in the last three months."""
    test = (data["customer_id"] % 4 == 0) & (data["snapshot_date"] >= "2023-10-01")
    known = (data["customer_id"] % 4 != 0) & (data["snapshot_date"] < "2023-10-01")
    members = fit(features(data[known]), data.loc[known, "churned"].to_numpy())
    return {"roc_auc": float(roc_auc_score(data.loc[test, "churned"], scores(members, features(data[test]))))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return scores(joblib.load(Path(model_dir) / "bag.joblib"), features(data))
