"""Churn pipeline: logistic regression on a handful of columns."""
from pathlib import Path

import joblib
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUMERIC = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def features(data: pd.DataFrame) -> pd.DataFrame:
    X = data[NUMERIC].copy()
    X["monthly"] = (data["contract"] == "monthly").astype(int)
    X["tenure"] = (pd.to_datetime(data["snapshot_date"]) - pd.to_datetime(data["signup_date"])).dt.days
    X["charge"] = data["monthly_charge"].astype(float)
    return X


def build():
    return make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())


def train(data: pd.DataFrame, model_dir: Path) -> None:
    model = build().fit(features(data), data["churned"])
    joblib.dump(model, model_dir / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    split = GroupShuffleSplit(1, test_size=0.25, random_state=0)
    train_rows, test_rows = next(split.split(data, groups=data["customer_id"]))
    known, held_out = data.iloc[train_rows], data.iloc[test_rows]
    model = build().fit(features(known), known["churned"])
    return {"roc_auc": roc_auc_score(held_out["churned"], model.predict_proba(features(held_out))[:, 1])}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))[:, 1]
