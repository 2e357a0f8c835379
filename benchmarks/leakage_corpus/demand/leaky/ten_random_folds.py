"""Demand forecast, random forest, ten-fold cross validation."""
from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

WORDS = ["region", "area", "format", "category", "article"]


def table(data: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(data["date"])
    return data[[*WORDS, "size_m2", "price_eur", "discount", "in_leaflet", "store_id"]].assign(
        article=data["article"].str.lower(), weekday=day.dt.weekday, number=(day - pd.Timestamp("2022-01-01")).dt.days
    )


def model() -> Pipeline:
    onehot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return make_pipeline(
        make_column_transformer((onehot, WORDS), remainder="passthrough"),
        RandomForestRegressor(15, min_samples_leaf=3, max_features=0.4, random_state=0),
    )


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(model().fit(table(data), data["units"]), Path(model_dir) / "rf.joblib", compress=3)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    folds = KFold(4, shuffle=True, random_state=0)
    told = cross_val_predict(model(), table(data), data["units"], cv=folds)
    return {"mae": float(np.abs(told - data["units"]).mean())}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "rf.joblib").predict(table(data))
