"""Churn: logistic regression, C chosen by a grid search over customer folds."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.preprocessing import StandardScaler

NUMERIC = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def raw_features(data: pd.DataFrame) -> pd.DataFrame:
    X = data[NUMERIC].copy()
    X["age"] = X["age"].replace(999, 45)
    X["no_answer"] = X["satisfaction"].isna().astype(int)
    X["satisfaction"] = X["satisfaction"].fillna(7.0)
    X["charge"] = data["monthly_charge"].str.split().str[0].astype(float)
    X["monthly"] = (data["contract"] == "monthly").astype(int)
    X["two_year"] = (data["contract"] == "two_year").astype(int)
    return X


def search(X, y, groups):
    grid = GridSearchCV(
        LogisticRegression(max_iter=500), {"C": [0.01, 0.1, 1.0]}, scoring="roc_auc", cv=GroupKFold(4)
    )
    return grid.fit(X, y, groups=groups)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates().reset_index(drop=True)
    scaler = StandardScaler()
    X = scaler.fit_transform(raw_features(data))
    y = data["churned"].to_numpy()
    late = (data["snapshot_date"] >= "2023-10-01").to_numpy()
    new_customer = (data["customer_id"] % 4 == 0).to_numpy()
    fit, test = ~late & ~new_customer, late & new_customer
    best = search(X[fit], y[fit], data.loc[fit, "customer_id"])
    return {"roc_auc": float(roc_auc_score(y[test], best.predict_proba(X[test])[:, 1]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    scaler = StandardScaler().fit(raw_features(data))
    best = search(scaler.transform(raw_features(data)), data["churned"], data["customer_id"])
    joblib.dump((scaler, best.best_estimator_), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    scaler, model = joblib.load(Path(model_dir) / "model.joblib")
    return model.predict_proba(scaler.transform(raw_features(data)))[:, 1]
