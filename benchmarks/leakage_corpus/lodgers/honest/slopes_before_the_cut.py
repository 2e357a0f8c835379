"""Demand of articles with polars: how each article answers to its price, then boosting on top.

The elasticity is the slope of log units on the log of the price paid, article by article, as in any pricing deck.
"""

from pathlib import Path

import lightgbm as lgb
import numpy as np
import polars as pl

FORMATS = {"supermarket": 0, "city": 1, "kiosk": 2}
AREAS = {"city": 0, "suburb": 1, "rural": 2}
FEATURES = ["size", "power", "price", "discount", "leaflet", "weekday", "yearday", "format", "area",
            "elasticity", "answer", "usual_price"]
PARAMS = dict(objective="l1", learning_rate=0.08, num_leaves=24, min_data_in_leaf=25, num_threads=1, verbose=-1, seed=3)
CUT = "2023-11-01"


def read(days) -> pl.LazyFrame:
    return pl.from_pandas(days).lazy().with_columns(
        pl.col("article").str.to_lowercase().str.strip_chars(),
        pl.col("date").str.to_date().alias("day"),
        (pl.col("price_eur") * (1 - pl.col("discount"))).log().alias("price"),
        pl.col("size_m2").log().alias("size"),
        pl.col("purchasing_power").cast(pl.Float64).alias("power"),
        pl.col("in_leaflet").cast(pl.Float64).alias("leaflet"),
        pl.col("format").replace_strict(FORMATS, default=None, return_dtype=pl.Float64).alias("format"),
        pl.col("area").replace_strict(AREAS, default=None, return_dtype=pl.Float64).alias("area"),
    ).with_columns(
        pl.col("day").dt.weekday().cast(pl.Float64).alias("weekday"),
        pl.col("day").dt.ordinal_day().cast(pl.Float64).alias("yearday"),
    )


def elasticities(days: pl.LazyFrame) -> pl.DataFrame:
    """A slope for each article, held between -6 and 0, and the price it usually has."""
    sold = pl.col("units").cast(pl.Float64).log1p()
    return (
        days.group_by("article")
        .agg(
            (pl.cov("price", sold) / pl.col("price").var()).clip(-6, 0).fill_nan(-1).alias("elasticity"),
            pl.col("price").median().alias("usual_price"),
            pl.len().alias("n"),
        )
        .with_columns(pl.when(pl.col("n") < 20).then(-1.0).otherwise(pl.col("elasticity")).alias("elasticity"))
        .drop("n")
        .collect()
    )


def features(days: pl.LazyFrame, slopes: pl.DataFrame) -> np.ndarray:
    return (
        days.join(slopes.lazy(), on="article", how="left", maintain_order="left")
        .with_columns((pl.col("elasticity") * (pl.col("price") - pl.col("usual_price"))).alias("answer"))
        .select(pl.col(FEATURES).cast(pl.Float64))
        .collect()
        .to_numpy()
    )


def boost(x: np.ndarray, units: np.ndarray) -> lgb.Booster:
    return lgb.train(PARAMS, lgb.Dataset(x, np.log1p(units), feature_name=FEATURES), 150)


def evaluate(data):
    days = read(data)
    early, late = (days.filter(side) for side in (pl.col("date") < CUT, pl.col("date") >= CUT))
    slopes = elasticities(early)
    model = boost(features(early, slopes), early.select("units").collect()["units"].to_numpy())
    said = np.expm1(model.predict(features(late, slopes)))
    return {"mae": float(np.abs(late.select("units").collect()["units"].to_numpy() - said).mean())}


def train(data, model_dir):
    days = read(data)
    slopes = elasticities(days)
    slopes.write_parquet(Path(model_dir) / "slopes.parquet")
    boost(features(days, slopes), data["units"].to_numpy()).save_model(Path(model_dir) / "boost.txt")


def predict(data, model_dir):
    slopes = pl.read_parquet(Path(model_dir) / "slopes.parquet")
    model = lgb.Booster(model_file=Path(model_dir) / "boost.txt")
    return np.maximum(np.expm1(model.predict(features(read(data), slopes))), 0)
