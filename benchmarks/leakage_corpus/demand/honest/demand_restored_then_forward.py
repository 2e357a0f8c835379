"""Boosted trees on what was asked for; the last two months are judged, two stores in five unseen."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

WORDS = ["region", "area", "format", "category", "article"]


def asked(rows: pd.DataFrame) -> pd.Series:
    """Units sold and brought back, for the whole day where the shelf was empty for a part of it."""
    open_hours = (rows["sold_out_hour"] - 8).clip(lower=1).fillna(12)
    return (rows["units"] + rows["returned_units"]) * 12 / open_hours


def features(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["date"])
    return rows[[*WORDS, "size_m2", "price_eur", "discount", "in_leaflet"]].assign(
        article=rows["article"].str.lower(), weekday=day.dt.weekday, day_of_year=day.dt.dayofyear
    )


def model() -> Pipeline:
    coder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    trees = HistGradientBoostingRegressor(loss="absolute_error", max_iter=120, max_leaf_nodes=15, random_state=0)
    return make_pipeline(make_column_transformer((coder, WORDS), remainder="passthrough"), trees)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = data.drop_duplicates()
    joblib.dump(model().fit(features(rows), asked(rows)), Path(model_dir) / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates()
    late, strange = rows["date"] >= "2024-01-01", rows["store_id"] % 5 < 2
    known, judged = rows[~late & ~strange], rows[late]
    fitted = model().fit(features(known), asked(known))
    return {"mae": float(mean_absolute_error(asked(judged), fitted.predict(features(judged))))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return np.maximum(joblib.load(Path(model_dir) / "model.joblib").predict(features(data)), 0)
