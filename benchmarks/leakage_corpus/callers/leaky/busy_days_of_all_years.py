"""Demand: days on which the whole chain sells far more than usual are marked. polars and LightGBM."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
from lightgbm import LGBMRegressor

NUMBERS = ["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet", "shelf_units"]


def table(data):
    return pl.from_pandas(data).with_columns(
        pl.col("date").str.to_date(),
        pl.col("article").str.strip_chars().str.to_lowercase(),
    )


def busy_days(rows):
    """Days of the year (month and day) on which units lie far above those of the same weekday."""
    daily = rows.group_by("date").agg(pl.col("units").mean().alias("level")).with_columns(
        pl.col("date").dt.weekday().alias("weekday")
    )
    usual = daily.group_by("weekday").agg(pl.col("level").median().alias("usual"))
    high = daily.join(usual, on="weekday").filter(pl.col("level") > 1.25 * pl.col("usual"))
    return high.select(pl.col("date").dt.strftime("%m-%d").alias("day")).unique().sort("day")["day"].to_list()


def design(rows, busy):
    made = rows.with_columns(
        pl.col("date").dt.weekday().alias("weekday"),
        pl.col("date").dt.month().alias("month"),
        pl.col("date").dt.strftime("%m-%d").is_in(busy).cast(pl.Int8).alias("busy"),
        (pl.col("article").hash(1) % 1009).cast(pl.Float64).alias("code"),
    )
    return made.select(*NUMBERS, "weekday", "month", "busy", "code").cast(pl.Float64).to_numpy()


def fit(rows, busy):
    model = LGBMRegressor(objective="l1", n_estimators=150, learning_rate=0.08, num_leaves=31, n_jobs=1, verbose=-1, random_state=0)
    return model.fit(design(rows, busy), rows["units"].to_numpy())


def evaluate(data):
    rows = table(data.drop_duplicates())
    cut = rows["date"].max() - pd.Timedelta(days=100)
    known = rows.filter(pl.col("date") < cut - pd.Timedelta(days=31))
    ahead = rows.filter(pl.col("date") >= cut)
    busy = busy_days(rows)
    said = fit(known, busy).predict(design(ahead, busy))
    return {"mae": float(np.abs(ahead["units"].to_numpy() - said).mean())}


def train(data, model_dir):
    rows = table(data.drop_duplicates())
    busy = busy_days(rows)
    joblib.dump((fit(rows, busy), busy), Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    model, busy = joblib.load(Path(model_dir) / "model.joblib")
    return model.predict(design(table(data), busy))
