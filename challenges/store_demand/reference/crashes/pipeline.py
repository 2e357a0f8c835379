"""Demand pipeline: linear regression on a handful of columns."""
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error

NUMERIC = ["size_m2", "price_eur", "discount", "in_leaflet", "shelf_units"]


def features(data: pd.DataFrame) -> pd.DataFrame:
    X = data[NUMERIC].copy()
    X["weekday"] = pd.to_datetime(data["date"]).dt.day_of_week
    X["hours_open"] = data["sold_out_hour"].fillna("closing").astype(float) - 8
    return X


def train(data: pd.DataFrame, model_dir: Path) -> None:
    model = LinearRegression().fit(features(data), data["units"])
    joblib.dump(model, model_dir / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    late = data["date"] >= "2024-01-01"
    model = LinearRegression().fit(features(data[~late]), data.loc[~late, "units"])
    return {"mae": mean_absolute_error(data.loc[late, "units"], model.predict(features(data[late])))}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "model.joblib").predict(features(data))
