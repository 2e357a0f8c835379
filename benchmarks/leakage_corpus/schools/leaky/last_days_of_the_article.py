"""Demand of food stores: how an article went on its last days, and the plan of the day; forward in time."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

WINDOWS = (4, 12)


def tidy(data: pd.DataFrame) -> pd.DataFrame:
    d = data.copy()
    d["article"] = d["article"].str.lower().str.strip()
    d["day"] = pd.to_datetime(d["date"])
    return d


def add_history(d: pd.DataFrame) -> pd.DataFrame:
    """Rolling means of what was sold before; shifted by one, so a row never sees itself."""
    d = d.sort_values(["day", "store_id", "article"], kind="stable")
    for keys in (["article", "format"], ["article", "area"]):
        before = d.groupby(keys)["units"].shift(1)
        for window in WINDOWS:
            name = f"{'_'.join(keys)}_{window}"
            d[name] = before.groupby([d[k] for k in keys]).transform(lambda s, w=window: s.rolling(w, min_periods=1).mean())
    return d


HISTORY = [f"{k}_{w}" for k in ("article_format", "article_area") for w in WINDOWS]


def numbers(d: pd.DataFrame) -> pd.DataFrame:
    angle = 2 * np.pi * d["day"].dt.dayofyear / 365.25
    return pd.DataFrame(
        {
            "size": d["size_m2"],
            "power": d["purchasing_power"],
            "price": d["price_eur"],
            "discount": d["discount"],
            "leaflet": d["in_leaflet"],
            "weekday": d["day"].dt.dayofweek,
            "cos": np.cos(angle),
            "sin": np.sin(angle),
            "kiosk": d["format"].eq("kiosk").astype(int),
            "city": d["area"].eq("city").astype(int),
            **{name: d[name] for name in HISTORY},
        }
    ).astype(float)


def boosting() -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(loss="absolute_error", max_iter=120, max_leaf_nodes=16, learning_rate=0.07, random_state=0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    d = add_history(tidy(data.drop_duplicates()))
    late = d["day"] >= "2024-01-01"
    model = boosting().fit(numbers(d[~late]), d.loc[~late, "units"])
    return {"mae": float(mean_absolute_error(d.loc[late, "units"], np.maximum(model.predict(numbers(d[late])), 0)))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    d = add_history(tidy(data.drop_duplicates()))
    latest = {}
    for keys in (["article", "format"], ["article", "area"]):
        for window in WINDOWS:
            latest[f"{'_'.join(keys)}_{window}"] = (keys, d.groupby(keys)["units"].apply(lambda s, w=window: s.tail(w).mean()))
    joblib.dump((boosting().fit(numbers(d), d["units"]), latest), model_dir / "demand.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, latest = joblib.load(model_dir / "demand.joblib")
    d = tidy(data)
    for name, (keys, values) in latest.items():
        d[name] = values.reindex(pd.MultiIndex.from_frame(d[keys])).to_numpy()
    return np.maximum(model.predict(numbers(d)), 0)
