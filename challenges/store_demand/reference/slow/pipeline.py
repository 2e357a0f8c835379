"""Demand: careful features, and a bag of boosted trees that asks for them one row at a time."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

LEVELS = {
    "region": ["north", "south", "east", "west"],
    "area": ["city", "suburb", "rural"],
    "format": ["supermarket", "city", "kiosk"],
    "article": [
        "rye bread", "butter rolls", "whole milk", "eggs", "apples", "salad",
        "lager", "lemonade", "chocolate", "ice cream", "candles", "umbrellas",
    ],
}
EASTER = {2022: "2022-04-17", 2023: "2023-04-09", 2024: "2024-03-31"}
BAG = 160


def one_row(row: dict) -> list[float]:
    """All features of one store, article and day."""
    day = pd.Timestamp(row["date"])
    easter = EASTER.get(day.year)
    to_easter = (pd.Timestamp(easter) - day).days if easter else 99
    shelf = row["shelf_units"] * (6 if row["date"] < "2023-12-01" else 1)
    article = str(row["article"]).lower()
    found = [
        day.weekday(),
        day.dayofyear,
        to_easter if -3 <= to_easter <= 15 else 99,
        min((day - pd.Timestamp(row["opened_on"])).days, 365),
        np.log(row["size_m2"]),
        row["price_eur"],
        row["discount"],
        row["in_leaflet"],
        np.log1p(shelf),
    ]
    row = {**row, "article": article}
    return found + [float(row[name] == level) for name, levels in LEVELS.items() for level in levels]


def features(data: pd.DataFrame) -> np.ndarray:
    return np.asarray([one_row(row) for row in data.to_dict("records")], dtype=float)


def asked(data: pd.DataFrame) -> np.ndarray:
    """Sold and brought back, scaled up to the whole day where the shelf ran empty."""
    hours = (data["sold_out_hour"] - 8).clip(1, 12).fillna(12)
    return ((data["units"] + data["returned_units"]) * 12 / hours).to_numpy()


def fit(X: np.ndarray, y: np.ndarray) -> list[HistGradientBoostingRegressor]:
    """A bag: each member sees another half of the rows."""
    rng = np.random.default_rng(0)
    members = []
    for number in range(BAG):
        rows = rng.permutation(len(X))[: len(X) // 2]
        model = HistGradientBoostingRegressor(
            max_iter=40, learning_rate=0.25, max_leaf_nodes=10, min_samples_leaf=20, random_state=number
        )
        members.append(model.fit(X[rows], np.log1p(y[rows])))
    return members


def forecasts(members: list[HistGradientBoostingRegressor], X: np.ndarray) -> np.ndarray:
    return np.expm1(np.mean([model.predict(X) for model in members], axis=0)).clip(0)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fit(features(data), asked(data)), Path(model_dir) / "bag.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    """The last two months; a part of the stores is not trained on."""
    late = data["date"] >= "2024-01-01"
    known = data[~late & (data["store_id"] % 5 > 1)]
    members = fit(features(known), asked(known))
    return {"mae": float(mean_absolute_error(asked(data[late]), forecasts(members, features(data[late]))))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return forecasts(joblib.load(Path(model_dir) / "bag.joblib"), features(data))
