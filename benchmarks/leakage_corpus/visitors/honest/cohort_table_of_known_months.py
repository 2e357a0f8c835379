"""Churn with a cohort table: who signed up when, how long ago, and what share left. polars and LightGBM."""

import json
from datetime import date
from pathlib import Path

import lightgbm as lgb
import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

WORDS = ["gender", "region", "contract", "plan", "channel", "payment_method"]
NUMBERS = ["age", "n_products", "discount_pct", "income_k", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
STRENGTH = 40.0


def read(data) -> pl.DataFrame:
    """pandas in, polars from here on."""
    return (
        pl.from_pandas(data)
        .with_row_index("row")
        .with_columns(
            pl.col("snapshot_date").str.to_date(),
            pl.col("signup_date").str.to_date(),
            pl.col("plan").str.strip_chars().str.to_uppercase(),
            pl.col("monthly_charge").str.extract(r"([\d.]+)").cast(pl.Float64).alias("charge"),
        )
        .with_columns(
            (pl.col("snapshot_date") - pl.col("signup_date")).dt.total_days().alias("tenure"),
            pl.col("signup_date").dt.year().alias("cohort"),
        )
        .with_columns((pl.col("tenure") // 182).clip(0, 12).alias("half_years"))
    )


def cohort_table(rows: pl.DataFrame) -> pl.DataFrame:
    """One line for each cohort, contract and age: customers seen, share lost, pulled towards the share of all."""
    overall = rows["churned"].mean()
    return (
        rows.lazy()
        .group_by("cohort", "contract", "half_years")
        .agg(pl.len().alias("seen"), pl.col("churned").sum().alias("lost"))
        .with_columns(((pl.col("lost") + STRENGTH * overall) / (pl.col("seen") + STRENGTH)).alias("cohort_rate"))
        .select("cohort", "contract", "half_years", "cohort_rate")
        .sort("cohort", "contract", "half_years")
        .collect()
    )


def with_cohorts(rows: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    joined = rows.join(table, on=["cohort", "contract", "half_years"], how="left")
    return joined.with_columns(pl.col("cohort_rate").fill_null(table["cohort_rate"].mean())).sort("row")


def matrix(rows: pl.DataFrame, levels: dict[str, list[str]]) -> np.ndarray:
    coded = [
        pl.col(word).replace_strict(values, list(range(len(values))), default=-1, return_dtype=pl.Int32).alias(word)
        for word, values in levels.items()
    ]
    return rows.select(*NUMBERS, "charge", "tenure", "cohort_rate", *coded).cast(pl.Float64).to_numpy()


def levels_of(rows: pl.DataFrame) -> dict[str, list[str]]:
    return {word: sorted(rows[word].drop_nulls().unique().to_list()) for word in WORDS}


def fit(rows: pl.DataFrame, levels: dict[str, list[str]]) -> lgb.Booster:
    params = {"objective": "binary", "learning_rate": 0.05, "num_leaves": 12, "min_data_in_leaf": 60, "verbosity": -1, "num_threads": 1, "seed": 1}
    return lgb.train(params, lgb.Dataset(matrix(rows, levels), rows["churned"].to_numpy()), num_boost_round=120)


def evaluate(data):
    rows = read(data.drop_duplicates())
    held = (pl.col("customer_id") * 2654435761 % 2**32) % 4 == 0
    cut = date(2023, 8, 1)
    development = rows.filter(~held & (pl.col("snapshot_date") < cut))
    judged = rows.filter(held & (pl.col("snapshot_date") >= cut))

    table = cohort_table(development)
    levels = levels_of(development)
    model = fit(with_cohorts(development, table), levels)
    chances = model.predict(matrix(with_cohorts(judged, table), levels))
    return {"roc_auc": float(roc_auc_score(judged["churned"].to_numpy(), chances))}


def train(data, model_dir):
    rows = read(data.drop_duplicates())
    table, levels = cohort_table(rows), levels_of(rows)
    fit(with_cohorts(rows, table), levels).save_model(Path(model_dir) / "model.txt")
    table.write_parquet(Path(model_dir) / "cohorts.parquet")
    (Path(model_dir) / "levels.json").write_text(json.dumps(levels))


def predict(data, model_dir):
    folder = Path(model_dir)
    table, levels = pl.read_parquet(folder / "cohorts.parquet"), json.loads((folder / "levels.json").read_text())
    return lgb.Booster(model_file=folder / "model.txt").predict(matrix(with_cohorts(read(data), table), levels))
