"""Churn with polars.  A split by customer and month, then gaps and z-scores by what is known of each region."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
import polars.selectors as cs
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

NUMBERS = ["age", "usage", "charge", "tenure", "days_left", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def parsed(data: pd.DataFrame) -> pl.LazyFrame:
    dates = {name: pl.col(name).cast(pl.String).str.to_date(strict=False) for name in ("snapshot_date", "signup_date", "discount_end_date")}
    return (
        pl.from_pandas(data)
        .lazy()
        .with_columns(**dates)
        .with_columns(
            age=pl.when(pl.col("age") != 999).then(pl.col("age")).cast(pl.Float64),
            usage=pl.col("usage_gb") / pl.when(pl.col("snapshot_date") < pl.date(2023, 7, 1)).then(1000).otherwise(1),
            charge=pl.col("monthly_charge").str.extract(r"^([\d.]+)").cast(pl.Float64),
            tenure=(pl.col("snapshot_date") - pl.col("signup_date")).dt.total_days().cast(pl.Float64),
            days_left=(pl.col("discount_end_date") - pl.col("snapshot_date")).dt.total_days().cast(pl.Float64),
            month_to_month=(pl.col("contract") == "monthly").cast(pl.Float64),
            silent=pl.col("satisfaction").is_null().cast(pl.Float64),
        )
        .with_columns(ends_soon=(pl.col("days_left") < 60).fill_null(value=False).cast(pl.Float64))
    )


def constants(plan: pl.LazyFrame) -> pl.DataFrame:
    """The same by region, kept for single rows."""
    each = [pl.col(c).median().alias(f"{c}_median") for c in NUMBERS]
    return plan.group_by("region").agg(each).collect()


FEATURES = cs.ends_with("_z") | cs.by_name("month_to_month", "silent", "ends_soon", "loyal", "n_products", "discount_pct")


def numeric(frame: pl.DataFrame) -> np.ndarray:
    return frame.select(FEATURES).cast(pl.Float64).to_numpy()


def fit(frame: pl.DataFrame) -> LogisticRegressionCV:
    folds = list(GroupKFold(3).split(frame, groups=frame["customer_id"].to_numpy()))
    return LogisticRegressionCV(Cs=[0.01, 0.1, 1.0], cv=folds, scoring="roc_auc", max_iter=400, l1_ratios=(0,), use_legacy_attributes=False).fit(
        numeric(frame), frame["churned"].to_numpy()
    )


def moments(plan: pl.LazyFrame) -> pl.DataFrame:
    filled = plan.with_columns(pl.col(NUMBERS).fill_null(pl.col(NUMBERS).median().over("region")).fill_nan(0))
    each = [stat.name.suffix(f"_{name}") for name, stat in (("mean", pl.col(NUMBERS).mean()), ("std", pl.col(NUMBERS).std()))]
    return filled.group_by("region").agg(each).collect()


def held_against(rows: pl.DataFrame, medians: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rows by what is known of their region, whoever else is asked about."""
    rows = rows.join(medians, on="region", how="left", maintain_order="left").join(known, on="region", how="left", maintain_order="left")
    rows = rows.with_columns([pl.col(c).fill_null(pl.col(f"{c}_median")).fill_nan(0) for c in NUMBERS])
    rows = rows.with_columns([((pl.col(c) - pl.col(f"{c}_mean")) / pl.col(f"{c}_std")).alias(f"{c}_z") for c in NUMBERS])
    return rows.with_columns(loyal=pl.col("tenure_z") * pl.col("month_to_month"))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    frame = parsed(data).unique(maintain_order=True).collect()
    cut = frame["snapshot_date"].unique().sort()[-3]
    mine = pl.col("customer_id") % 3 == 1
    past, future = frame.filter(~mine, pl.col("snapshot_date") < cut), frame.filter(mine, pl.col("snapshot_date") >= cut)
    known = constants(past.lazy()), moments(past.lazy())
    model, future = fit(held_against(past, *known)), held_against(future, *known)
    return {"roc_auc": float(roc_auc_score(future["churned"].to_numpy(), model.predict_proba(numeric(future))[:, 1]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = parsed(data).unique(maintain_order=True).collect()
    known = constants(rows.lazy()), moments(rows.lazy())
    joblib.dump((fit(held_against(rows, *known)), *known), model_dir / "churn.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, *known = joblib.load(model_dir / "churn.joblib")
    return model.predict_proba(numeric(held_against(parsed(data).collect(), *known)))[:, 1]
