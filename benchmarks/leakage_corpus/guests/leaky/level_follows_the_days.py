"""Demand of stores: a regression for what is planned, a local level of each store for what is not.

The level is an exponentially weighted mean of the errors of the regression (in logs), updated in the order of days.
A level follows each day whose units are in the table.
"""

from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

GAIN = 0.12
KINDS = {"region": ["north", "south", "east", "west"], "area": ["city", "suburb", "rural"], "format": ["supermarket", "city", "kiosk"]}


def regressors(days: pd.DataFrame) -> np.ndarray:
    date = pd.to_datetime(days["date"])
    article = days["article"].str.lower().map(lambda name: sum(ord(c) * 7**k for k, c in enumerate(name)) % 1009)
    columns = [
        article,
        date.dt.dayofweek,
        date.dt.dayofyear,
        np.log(days["size_m2"]),
        np.log(days["price_eur"]),
        days["discount"],
        days["in_leaflet"],
        days["purchasing_power"],
        *(pd.Categorical(days[c], categories=kinds).codes for c, kinds in KINDS.items()),
    ]
    return np.column_stack([np.asarray(c, dtype=float) for c in columns])


def regression(days: pd.DataFrame) -> HistGradientBoostingRegressor:
    model = HistGradientBoostingRegressor(loss="absolute_error", max_iter=120, learning_rate=0.1, max_leaf_nodes=16, random_state=0)
    return model.fit(regressors(days), np.log1p(days["units"]))


def run(days: pd.DataFrame, errors: np.ndarray, levels: dict[str, float]) -> np.ndarray:
    """Level of the store before each day; `levels` is brought up to the last day."""
    before = np.zeros(len(days))
    order = np.argsort(days["date"].to_numpy(), kind="stable")
    stores = days["store_id"].astype(str).to_numpy()
    for row in order:
        level = levels.get(stores[row], 0.0)
        before[row] = level
        if np.isfinite(errors[row]):
            levels[stores[row]] = level + GAIN * (errors[row] - level)
    return before


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    known = (data["date"] < "2024-01-01").to_numpy()
    model = regression(data[known])
    planned = model.predict(regressors(data))
    errors = np.log1p(data["units"].to_numpy()) - planned
    levels = run(data, errors, {})
    forecast = np.expm1(planned + levels)[~known]
    plain = np.expm1(planned)[~known]
    units = data["units"].to_numpy()[~known]
    return {"mae": mean_absolute_error(units, forecast), "mae_without_levels": mean_absolute_error(units, plain)}


def train(data: pd.DataFrame, model_dir: str) -> None:
    model, levels = regression(data), {}
    errors = np.log1p(data["units"].to_numpy()) - model.predict(regressors(data))
    run(data, errors, levels)
    joblib.dump(model, Path(model_dir) / "regression.joblib")
    (Path(model_dir) / "levels.json").write_text(json.dumps(levels))


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    levels = json.loads((Path(model_dir) / "levels.json").read_text())
    planned = joblib.load(Path(model_dir) / "regression.joblib").predict(regressors(data))
    return np.expm1(planned + data["store_id"].astype(str).map(levels).fillna(0.0).to_numpy())
