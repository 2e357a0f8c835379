"""Churn with polars: row-wise expressions, rates of the past joined on, gradient boosting on top."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, roc_auc_score

KEYS = ("region", "contract", "plan", "discount_pct")
PRIOR = 60.0
UNIT_CHANGE = date(2023, 7, 1)


def scan(data: pd.DataFrame) -> pl.LazyFrame:
    snapshot, signup, end = (
        pl.col(name).str.to_date("%Y-%m-%d", strict=False)
        for name in ("snapshot_date", "signup_date", "discount_end_date")
    )
    return (
        pl.from_pandas(data.astype({"discount_end_date": "string"}))
        .lazy()
        .with_columns(snapshot=snapshot, signup=signup, discount_end=end, plan=pl.col("plan").str.to_uppercase())
        .with_columns(
            age=pl.when(pl.col("age") < 120).then(pl.col("age")),
            usage=pl.when(pl.col("snapshot") < UNIT_CHANGE).then(pl.col("usage_gb") / 1000).otherwise(pl.col("usage_gb")),
            charge=pl.col("monthly_charge").str.replace(" EUR", "").cast(pl.Float64),
            tenure=(pl.col("snapshot") - pl.col("signup")).dt.total_days(),
            days_to_end=(pl.col("discount_end") - pl.col("snapshot")).dt.total_days(),
            silent=pl.col("satisfaction").is_null().cast(pl.Int8),
        )
        .with_columns(term=pl.col("tenure") % pl.col("contract").replace_strict({"monthly": 30, "one_year": 365, "two_year": 730}))
    )


def rates(past: pl.DataFrame, key: str) -> pl.DataFrame:
    """Smoothed churn rate of each value of a column, from the rows of the past alone."""
    overall = past["churned"].mean()
    smoothed = (pl.col("churned").sum() + PRIOR * overall) / (pl.len() + PRIOR)
    return past.group_by(key).agg(smoothed.alias(f"{key}_rate"))


def matrix(rows: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> np.ndarray:
    for key, table in tables.items():
        rows = rows.join(table, on=key, how="left", maintain_order="left")
    columns = [
        *(f"{key}_rate" for key in tables),
        *("age", "usage", "charge", "tenure", "term", "days_to_end", "silent", "satisfaction"),
        *("n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"),
    ]
    return rows.select(pl.col(columns).cast(pl.Float64)).to_numpy()


def fit(past: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], HistGradientBoostingClassifier]:
    tables = {key: rates(past, key) for key in KEYS}
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=120, max_leaf_nodes=12, min_samples_leaf=60, l2_regularization=5, random_state=0
    )
    return tables, model.fit(matrix(past, tables), past["churned"].to_numpy())


def train(data: pd.DataFrame, model_dir: Path) -> None:
    tables, model = fit(scan(data).unique(maintain_order=True).collect())
    joblib.dump(model, model_dir / "model.joblib")
    for key, table in tables.items():
        table.write_ipc(model_dir / f"{key}.arrow")
    (model_dir / "keys.json").write_text(json.dumps(list(tables)))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = scan(data).unique(maintain_order=True).collect()
    cut = rows["snapshot"].unique().sort()[-4]
    new = pl.col("customer_id").hash(seed=3) % 3 == 0
    past = rows.filter(~new, pl.col("snapshot") < cut)
    later = rows.filter(new, pl.col("snapshot") >= cut)
    assert past.join(later, on="customer_id", how="semi").is_empty()
    tables, model = fit(past)
    scores = model.predict_proba(matrix(later, tables))[:, 1]
    truth = later["churned"].to_numpy()
    return {
        "roc_auc": float(roc_auc_score(truth, scores)),
        "average_precision": float(average_precision_score(truth, scores)),
        "base_rate_later": float(later["churned"].mean()),
    }


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    tables = {
        key: pl.read_ipc(model_dir / f"{key}.arrow")
        for key in json.loads((model_dir / "keys.json").read_text())
    }
    return joblib.load(model_dir / "model.joblib").predict_proba(matrix(scan(data).collect(), tables))[:, 1]
