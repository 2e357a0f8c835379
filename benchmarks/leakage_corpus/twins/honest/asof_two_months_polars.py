"""Demand: what was sold until two months before, by an as-of join in polars; hist gradient boosting on absolute error.

Forecasts are made 61 days ahead, so every row may know what the tills had until 61 days before it and nothing after.
That holds for each row by itself, hence the features are made once for the whole table; then it is cut by date.
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

CUT = "2024-01-01"
AHEAD = 61
KEYS = {"store_article": ["store_id", "article"], "article": ["article"], "format_article": ["format", "article"], "area_category": ["area", "category"]}
TEXTS = {
    "region": ["north", "south", "east", "west"],
    "area": ["city", "suburb", "rural"],
    "format": ["supermarket", "city", "kiosk"],
}


def as_polars(df):
    plain = df.assign(article=df["article"].str.strip().str.lower())
    table = pl.from_pandas(plain.reset_index(drop=True)).with_row_index("row")
    return table.with_columns(pl.col("date").str.to_date(), pl.col("opened_on").str.to_date())


def sales_until(history, keys):
    """For every day: the mean of all units sold up to and with that day."""
    by_day = history.group_by([*keys, "date"]).agg(pl.col("units").sum(), pl.len().alias("n")).sort("date")
    return by_day.select(
        *keys,
        pl.col("date").alias("known_on"),
        (pl.col("units").cum_sum() / pl.col("n").cum_sum()).over(keys).alias("level"),
        pl.col("n").cum_sum().over(keys).alias("days_seen"),
    )


def features(table, history):
    out = table.with_columns(pl.col("date").dt.offset_by(f"-{AHEAD}d").alias("known_on")).sort("known_on")
    for name, keys in KEYS.items():
        level = sales_until(history, keys).rename({"level": f"level_{name}", "days_seen": f"seen_{name}"})
        out = out.join_asof(level.sort("known_on"), on="known_on", by=keys, strategy="backward", check_sortedness=False)
    out = out.sort("row").select(
        pl.col("^level_.*$"),
        pl.col("^seen_.*$").log1p(),
        pl.col("size_m2").log(),
        "price_eur",
        "discount",
        "in_leaflet",
        "purchasing_power",
        pl.col("date").dt.weekday().alias("weekday"),
        pl.col("date").dt.ordinal_day().alias("day_of_year"),
        (pl.col("date") - pl.col("opened_on")).dt.total_days().alias("days_open"),
        *[
            (pl.col(column) == level).cast(pl.Int8).alias(f"{column}_{level}")
            for column, levels in TEXTS.items()
            for level in levels
        ],
    )
    return out.to_pandas().astype(float)


def learner():
    return HistGradientBoostingRegressor(loss="absolute_error", max_iter=150, learning_rate=0.08, random_state=1)


def evaluate(data):
    df = data.drop_duplicates().reset_index(drop=True)
    table = as_polars(df)
    X, y = features(table, table), df["units"].to_numpy()
    judged = (df["date"] >= CUT).to_numpy()
    forecast = learner().fit(X[~judged], y[~judged]).predict(X[judged])
    plain = np.median(y[~judged])
    return {
        "mae": float(mean_absolute_error(y[judged], np.clip(forecast, 0, None))),
        "mae_constant": float(np.abs(y[judged] - plain).mean()),
    }


def train(data, model_dir):
    df = data.drop_duplicates().reset_index(drop=True)
    table = as_polars(df)
    model = learner().fit(features(table, table), df["units"])
    history = table.select("store_id", "article", "format", "area", "category", "date", "units")
    joblib.dump({"model": model, "history": history.to_pandas()}, Path(model_dir) / "demand.joblib")


def predict(data, model_dir):
    saved = joblib.load(Path(model_dir) / "demand.joblib")
    history = pl.from_pandas(saved["history"]).with_columns(pl.col("date").cast(pl.Date))
    return np.clip(saved["model"].predict(features(as_polars(data), history)), 0, None)
