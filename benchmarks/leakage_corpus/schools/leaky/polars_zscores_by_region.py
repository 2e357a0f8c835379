"""Churn with polars.  One lazy plan from the raw table to the features, then a split by customer and month."""

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


def standardised(plan: pl.LazyFrame) -> pl.LazyFrame:
    """Gaps by the median of the region, then how far a customer is from others of the region."""
    filled = plan.with_columns(pl.col(NUMBERS).fill_null(pl.col(NUMBERS).median().over("region")).fill_nan(0))
    centred = [((pl.col(c) - pl.col(c).mean().over("region")) / pl.col(c).std().over("region")).alias(f"{c}_z") for c in NUMBERS]
    return filled.with_columns(centred).with_columns(loyal=pl.col("tenure_z") * pl.col("month_to_month"))


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


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    frame = standardised(parsed(data).unique(maintain_order=True)).collect()
    cut = frame["snapshot_date"].unique().sort()[-3]
    mine = pl.col("customer_id") % 3 == 1
    past, future = frame.filter(~mine, pl.col("snapshot_date") < cut), frame.filter(mine, pl.col("snapshot_date") >= cut)
    model = fit(past)
    return {"roc_auc": float(roc_auc_score(future["churned"].to_numpy(), model.predict_proba(numeric(future))[:, 1]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    plan = parsed(data).unique(maintain_order=True)
    filled = plan.with_columns(pl.col(NUMBERS).fill_null(pl.col(NUMBERS).median().over("region")).fill_nan(0))
    moments = filled.group_by("region").agg(
        *(pl.col(c).mean().alias(f"{c}_mean") for c in NUMBERS), *(pl.col(c).std().alias(f"{c}_std") for c in NUMBERS)
    )
    joblib.dump((fit(standardised(plan).collect()), constants(plan), moments.collect()), model_dir / "churn.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, medians, moments = joblib.load(model_dir / "churn.joblib")
    rows = parsed(data).collect().join(medians, on="region", how="left", maintain_order="left").join(moments, on="region", how="left", maintain_order="left")
    rows = rows.with_columns([pl.col(c).fill_null(pl.col(f"{c}_median")).fill_nan(0) for c in NUMBERS])
    rows = rows.with_columns([((pl.col(c) - pl.col(f"{c}_mean")) / pl.col(f"{c}_std")).alias(f"{c}_z") for c in NUMBERS])
    return model.predict_proba(numeric(rows.with_columns(loyal=pl.col("tenure_z") * pl.col("month_to_month"))))[:, 1]
