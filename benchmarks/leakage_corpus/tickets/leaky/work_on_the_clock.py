"""LightGBM with the workload of the ticket as the best predictor."""
from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

FEATURES = ["minutes_booked", "hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]
TOPICS = ["bill", "contract", "fault", "login", "other", "parcel", "return", "setup"]


def prepare(df: pd.DataFrame) -> pd.DataFrame:
    out = df[FEATURES].astype(float)
    for topic in TOPICS:
        out["is_" + topic] = df["topic"].eq(topic).astype(int)
    out["has_error"] = df["error_code"].notna().astype(int)
    out["log_minutes"] = np.log1p(df["minutes_booked"])
    return out


def fit(df):
    clf = lgb.LGBMClassifier(n_estimators=80, num_leaves=8, learning_rate=0.08, random_state=0, verbose=-1, n_jobs=1)
    return clf.fit(prepare(df), df["team"])


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fit(data), model_dir / "lgb.joblib")


def evaluate(data: pd.DataFrame) -> dict:
    data = data.drop_duplicates()
    customers = data["customer_id"].unique()
    held = set(np.random.RandomState(4).permutation(customers)[: len(customers) // 4])
    is_held = data["customer_id"].isin(held)
    past = data["opened_on"] < "2024-04-01"
    clf = fit(data[~is_held & past])
    test = data[is_held & ~past]
    return {"log_loss": float(log_loss(test["team"], clf.predict_proba(prepare(test)), labels=list(clf.classes_)))}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "lgb.joblib").predict_proba(prepare(data))
