"""Usual units by store and by article, then boosted trees on both."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor


def usual(rows):
    rows = rows.assign(article=rows["article"].str.lower())
    return {"all": rows["units"].mean(), "store": rows.groupby("store_id")["units"].mean(),
            "pair": rows.groupby(["format", "article"])["units"].mean(),
            "store_article": rows.groupby(["store_id", "article"])["units"].mean()}


def features(rows, levels):
    day = pd.to_datetime(rows["date"])
    article = rows["article"].str.lower()
    pair = pd.MultiIndex.from_arrays([rows["format"], article])
    own = pd.MultiIndex.from_arrays([rows["store_id"], article])
    return np.column_stack([
        rows["store_id"].map(levels["store"]).fillna(levels["all"]),
        levels["pair"].reindex(pair).fillna(levels["all"]),
        levels["store_article"].reindex(own).fillna(levels["all"]),
        rows["discount"], rows["in_leaflet"], rows["size_m2"], rows["price_eur"], day.dt.dayofweek, day.dt.dayofyear,
    ])


def gbm():
    return GradientBoostingRegressor(n_estimators=60, max_depth=4, subsample=0.5, random_state=0)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    levels = usual(data)
    joblib.dump((levels, gbm().fit(features(data, levels), data["units"])), Path(model_dir) / "gbm.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    levels = usual(data)
    past, future = data[data["date"] < "2024-01-01"], data[data["date"] >= "2024-01-01"]
    model = gbm().fit(features(past, levels), past["units"])
    return {"mae": float(np.mean(np.abs(model.predict(features(future, levels)) - future["units"])))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    levels, model = joblib.load(Path(model_dir) / "gbm.joblib")
    return np.maximum(model.predict(features(data, levels)), 0)
