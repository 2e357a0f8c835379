"""Logistic regression in one sklearn pipeline; other customers, later months."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

CATEGORICAL = ["channel", "segment", "product", "topic", "error_code", "parcel_state"]
NUMERIC = ["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]


def model() -> Pipeline:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), CATEGORICAL), (numbers, NUMERIC))
    return make_pipeline(columns, LogisticRegression(C=0.3, max_iter=300))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(model().fit(data, data["team"]), Path(model_dir) / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates().reset_index(drop=True)
    late = (data["opened_on"] >= "2024-04-01").to_numpy()
    truth, answers = [], []
    for known, other in GroupKFold(3).split(data, groups=data["customer_id"]):
        fit, judged = data.iloc[known][~late[known]], data.iloc[other][late[other]]
        fitted = model().fit(fit, fit["team"])
        truth.append(judged["team"])
        answers.append(fitted.predict_proba(judged))
    labels = sorted(data["team"].unique())
    return {"log_loss": float(log_loss(pd.concat(truth), np.vstack(answers), labels=labels))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(data)
