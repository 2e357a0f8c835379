"""Units by store and category: the last known running level, taken by an as-of join."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

NUMBERS = ["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet", "weekday", "level", "category_level"]


def tidy(data):
    out = data.drop_duplicates().copy()
    out["date"] = pd.to_datetime(out["date"])
    out["weekday"] = out["date"].dt.dayofweek
    return out.sort_values("date", kind="stable").reset_index(drop=True)


def levels(sales, keys):
    """The running mean of units of each group, one row for each day on which the group sold something."""
    days = sales.groupby([*keys, "date"])["units"].agg(["sum", "count"]).reset_index().sort_values("date")
    so_far = days.groupby(keys)[["sum", "count"]].cumsum()
    days["mean_so_far"] = so_far["sum"] / so_far["count"]
    return days[[*keys, "date", "mean_so_far"]]


def with_levels(rows, sales):
    out = rows.copy()
    for keys, name in ((["store_id", "category"], "level"), (["category", "format"], "category_level")):
        table = levels(sales, keys).rename(columns={"mean_so_far": name})
        out = pd.merge_asof(out, table, on="date", by=keys)
    return out


def regressor():
    return HistGradientBoostingRegressor(loss="poisson", max_iter=150, learning_rate=0.08, random_state=2)


def evaluate(data):
    rows = tidy(data)
    rows = with_levels(rows, rows)
    start = pd.Timestamp("2024-01-01")
    before, after = rows[rows["date"] < start], rows[rows["date"] >= start]
    model = regressor().fit(before[NUMBERS], before["units"])
    return {"mae": float(mean_absolute_error(after["units"], model.predict(after[NUMBERS])))}


def train(data, model_dir):
    rows = tidy(data)
    full = with_levels(rows, rows)
    sales = rows[["store_id", "category", "format", "date", "units"]]
    joblib.dump({"model": regressor().fit(full[NUMBERS], full["units"]), "sales": sales}, Path(model_dir) / "m.joblib")


def predict(data, model_dir):
    kept = joblib.load(Path(model_dir) / "m.joblib")
    rows = data.copy()
    rows["date"] = pd.to_datetime(rows["date"])
    rows["weekday"] = rows["date"].dt.dayofweek
    rows["position"] = np.arange(len(rows))
    rows = with_levels(rows.sort_values("date", kind="stable"), kept["sales"]).sort_values("position")
    return kept["model"].predict(rows[NUMBERS]).clip(0)
