"""Ticket routing: logistic regression on a handful of columns."""
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUMERIC = ["hour", "days_since_invoice", "photos", "open_tickets", "length"]


def features(data: pd.DataFrame) -> pd.DataFrame:
    X = data[NUMERIC].copy()
    X["tenure"] = (pd.to_datetime(data["opened_on"]) - pd.to_datetime(data["customer_since"])).dt.days
    X["value"] = data["last_order_value"].astype(float)
    return X.fillna(0)


def build():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(build().fit(features(data), data["team"]), model_dir / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    split = GroupShuffleSplit(1, test_size=0.25, random_state=0)
    train_rows, test_rows = next(split.split(data, groups=data["customer_id"]))
    known, held_out = data.iloc[train_rows], data.iloc[test_rows]
    model = build().fit(features(known), known["team"])
    return {"log_loss": log_loss(held_out["team"], model.predict_proba(features(held_out)))}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
