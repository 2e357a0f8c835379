"""Poisson regression on columns in fixed units; nothing is taken from the batch."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import PoissonRegressor

ARTICLES = ["rye bread", "butter rolls", "whole milk", "eggs", "apples", "salad", "lager", "lemonade", "chocolate", "ice cream", "candles"]


def features(df: pd.DataFrame) -> np.ndarray:
    day = pd.to_datetime(df["date"])
    flags = [df["article"].str.lower() == a for a in ARTICLES] + [df["format"] == f for f in ("kiosk", "city")]
    return np.column_stack([np.log(df["size_m2"] / 600), df["discount"] * 2, df["in_leaflet"], day.dt.weekday >= 4,
                            day.dt.month.isin([6, 7, 8]), *flags]).astype(float)


def target(df):
    hours = (df["sold_out_hour"] - 8).clip(lower=1).fillna(12)
    return ((df["units"] + df["returned_units"]) * 12 / hours).clip(lower=0)


def model():
    return PoissonRegressor(alpha=1e-3, max_iter=300)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    joblib.dump(model().fit(features(data), target(data)), Path(model_dir) / "poisson.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    early = data[(data["date"] < "2023-12-01") & (data["store_id"] % 4 > 0)]
    late = data[(data["date"] >= "2023-12-01") & (data["store_id"] % 4 < 2)]
    fitted = model().fit(features(early), target(early))
    return {"mae": float(np.abs(fitted.predict(features(late)) - target(late)).mean())}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "poisson.joblib").predict(features(data))
