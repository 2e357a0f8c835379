"""Store demand: a gradient boosting, and a factor by category that brings them to the level of the autumn."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

NUMBERS = ["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet", "weekday", "month"]
CODES = ["region", "area", "format", "category"]


def inputs(data):
    day = pd.to_datetime(data["date"])
    rows = data.assign(weekday=day.dt.dayofweek, month=day.dt.month)
    codes = {c: rows[c].fillna("").map(lambda word: sum(map(ord, word)) % 101) for c in CODES}
    return rows[NUMBERS].assign(**codes)


def boosting():
    return HistGradientBoostingRegressor(loss="absolute_error", max_iter=150, learning_rate=0.08, random_state=1)


def factors(rows, guess):
    """What was sold over what was forecast, by category."""
    sums = pd.DataFrame({"category": rows["category"], "sold": rows["units"], "guess": guess}).groupby("category").sum()
    return sums["sold"] / sums["guess"]


def corrected(rows, guess, by_category):
    return guess * rows["category"].map(by_category).fillna(1.0)


def evaluate(data):
    rows = data.drop_duplicates()
    old, new = rows[rows["date"] < "2024-01-01"], rows[rows["date"] >= "2024-01-01"]
    autumn, before = old[old["date"] >= "2023-11-01"], old[old["date"] < "2023-11-01"]
    by_category = factors(autumn, boosting().fit(inputs(before), before["units"]).predict(inputs(autumn)).clip(0))
    model = boosting().fit(inputs(old), old["units"])
    guess = model.predict(inputs(new)).clip(0)
    return {"mae": float(mean_absolute_error(new["units"], corrected(new, guess, by_category)))}


def train(data, model_dir):
    rows = data.drop_duplicates()
    model = boosting().fit(inputs(rows), rows["units"])
    late = rows[rows["date"] >= "2024-01-01"]
    joblib.dump((model, factors(late, model.predict(inputs(late)).clip(0))), Path(model_dir) / "units.joblib")


def predict(data, model_dir):
    model, by_category = joblib.load(Path(model_dir) / "units.joblib")
    return corrected(data, model.predict(inputs(data)).clip(0), by_category)
