"""Churn with polars from reading to matrix, LightGBM stopped on inner customers, tested on later months of others."""

from __future__ import annotations

import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl
from sklearn.metrics import average_precision_score, roc_auc_score

LEVELS = {
    "contract": ["monthly", "one_year", "two_year"],
    "region": ["north", "south", "east", "west", "metro"],
    "plan": ["S", "M", "L"],
    "gender": ["f", "m"],
}
DROP = ["retention_desk_calls"]  # on record when the row is taken, i.e. afterwards
PARAMS = dict(objective="binary", learning_rate=0.05, num_leaves=12, min_data_in_leaf=40, feature_fraction=0.8,
              bagging_fraction=0.8, bagging_freq=1, num_threads=1, seed=3, deterministic=True, verbosity=-1)


def load_frame(data: pd.DataFrame) -> pl.DataFrame:
    """pandas in, polars out; everything after this line is expressions."""
    text = {c: data[c].astype("object").where(data[c].notna(), None) for c in data.columns if data[c].dtype.kind not in "ifu"}
    return pl.DataFrame({c: list(text[c]) if c in text else data[c].to_numpy() for c in data.columns})


def features(frame: pl.DataFrame) -> pl.DataFrame:
    snap = pl.col("snapshot_date").str.to_date()
    since = (snap - pl.col("signup_date").str.to_date()).dt.total_days()
    term = pl.when(pl.col("contract") == "one_year").then(365).when(pl.col("contract") == "two_year").then(730).otherwise(30)
    codes = [
        pl.col(name).str.strip_chars().replace_strict({v: i for i, v in enumerate(values)}, default=-1, return_dtype=pl.Int32).alias(name)
        for name, values in LEVELS.items()
        if name != "plan"
    ]
    return (
        frame.lazy()
        .drop(DROP, strict=False)
        .with_columns(pl.col("plan").str.strip_chars().str.to_uppercase().str.slice(0, 1))
        .with_columns(
            since.alias("tenure"),
            (since % term / term).alias("share_of_term"),
            pl.when(snap < pl.date(2023, 7, 1)).then(pl.col("usage_gb") / 1000).otherwise(pl.col("usage_gb")).log1p().alias("usage"),
            pl.col("monthly_charge").str.extract(r"(\d+\.?\d*)").cast(pl.Float64).alias("charge"),
            pl.when(pl.col("age") > 120).then(None).otherwise(pl.col("age")).alias("age"),
            pl.col("satisfaction").is_null().cast(pl.Int8).alias("silent"),
            (pl.col("discount_end_date").str.to_date() - snap).dt.total_days().alias("promo_left"),
            pl.col("plan").replace_strict({"S": 0, "M": 1, "L": 2}, default=-1, return_dtype=pl.Int32),
            *codes,
        )
        .with_columns((pl.col("charge") / (pl.col("usage") + 0.1)).alias("price_per_gb"))
        .collect()
    )


COLUMNS = ["tenure", "share_of_term", "usage", "charge", "age", "silent", "promo_left", "price_per_gb", "usage_trend", "tickets_90d",
           "late_payments_12m", "satisfaction", "income_k", "n_products", "discount_pct", *LEVELS]


def matrix(frame: pl.DataFrame) -> np.ndarray:
    return frame.select(pl.col(COLUMNS).cast(pl.Float64).fill_null(float("nan"))).to_numpy()


def bucket(frame: pl.DataFrame) -> pl.Series:
    """0..9, the same for all rows of a customer and in every run."""
    return frame.select(((pl.col("customer_id").cast(pl.Int64) * 7919) % 10007 % 10).alias("bucket"))["bucket"]


def boost(frame: pl.DataFrame) -> tuple[lgb.Booster, int]:
    """Rounds are found on a tenth of the customers *inside* `frame`."""
    inner = bucket(frame) == 0
    fit, stop = frame.filter(~inner), frame.filter(inner)
    dtrain = lgb.Dataset(matrix(fit), fit["churned"].to_numpy())
    dstop = lgb.Dataset(matrix(stop), stop["churned"].to_numpy(), reference=dtrain)
    booster = lgb.train(PARAMS, dtrain, 400, valid_sets=[dstop], callbacks=[lgb.early_stopping(30, verbose=False)])
    return booster, booster.best_iteration


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    frame = features(load_frame(data)).unique(maintain_order=True)
    test_customers = bucket(frame) >= 7
    late = frame["snapshot_date"].str.slice(0, 7) >= "2023-10"
    development, test = frame.filter(~test_customers & ~late), frame.filter(test_customers & late)
    assert not set(development["customer_id"]) & set(test["customer_id"])
    booster, rounds = boost(development)
    p, y = booster.predict(matrix(test), num_iteration=rounds), test["churned"].to_numpy()
    by_region = test.with_columns(pl.Series("p", p)).group_by("region").agg(pl.col("churned").mean(), pl.col("p").mean())
    print(by_region.sort("region"))
    return {"roc_auc": float(roc_auc_score(y, p)), "average_precision": float(average_precision_score(y, p)), "rounds": float(rounds)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    frame = features(load_frame(data)).unique(maintain_order=True)
    _, rounds = boost(frame)
    final = lgb.train(PARAMS, lgb.Dataset(matrix(frame), frame["churned"].to_numpy()), max(rounds, 20))
    final.save_model(str(Path(model_dir) / "booster.txt"))
    (Path(model_dir) / "columns.json").write_text(json.dumps(COLUMNS))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    booster = lgb.Booster(model_file=str(Path(model_dir) / "booster.txt"))
    return booster.predict(matrix(features(load_frame(data))))
