from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold


class Cleaner(BaseEstimator, TransformerMixin):
    """Has fit() only because scikit-learn wants one."""

    def __init__(self, migration: str = "2023-07-01", unknown_age: int = 999):
        self.migration = migration
        self.unknown_age = unknown_age

    def fit(self, X: pd.DataFrame, y=None) -> "Cleaner":
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        snap = pd.to_datetime(X["snapshot_date"])
        left = (pd.to_datetime(X["discount_end_date"]) - snap).dt.days.fillna(720)
        usage = X["usage_gb"].where(snap >= self.migration, X["usage_gb"] / 1000)
        return pd.DataFrame({
            "age": X["age"].where(X["age"] != self.unknown_age, 46), "usage": np.log1p(usage), "left": left,
            "tenure": (snap - pd.to_datetime(X["signup_date"])).dt.days, "free": (X["contract"] == "monthly") * 1,
            "two": (X["contract"] == "two_year") * 1, "ends": ((left <= 60) & (X["contract"] == "monthly")) * X["discount_pct"],
            "charge": X["monthly_charge"].str.replace(" EUR", "").astype(float), "sat": X["satisfaction"].fillna(2),
            "trend": X["usage_trend"], "swing": X["usage_trend"].abs(), "tickets": X["tickets_90d"],
            "late": X["late_payments_12m"], "n": X["n_products"],
        })


def trees():
    return ExtraTreesClassifier(100, min_samples_leaf=6, max_features=0.5, random_state=8, n_jobs=1)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    X = Cleaner().fit_transform(data)
    joblib.dump(trees().fit(X, data["churned"]), Path(model_dir) / "trees.joblib", compress=3)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates().reset_index(drop=True)
    X = Cleaner().fit_transform(data)
    y = data["churned"]
    late = (data["snapshot_date"] >= "2023-09-01").to_numpy()
    truth, score = [], []
    for a, b in GroupKFold(3).split(X, y, groups=data["customer_id"]):
        a, b = a[~late[a]], b[late[b]]
        score.append(trees().fit(X.iloc[a], y.iloc[a]).predict_proba(X.iloc[b])[:, 1])
        truth.append(y.iloc[b])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score)))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "trees.joblib").predict_proba(Cleaner().transform(data))[:, 1]
