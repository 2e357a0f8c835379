"""Churn: a cleaning step, a split, a forest.

The cleaning step removes rows on the border between the classes (edited nearest neighbours), where labels are noise.
"""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from imblearn.under_sampling import EditedNearestNeighbours
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

NAMES = [
    "tenure", "left", "monthly", "two_year", "age", "charge", "usage", "usage_trend", "tickets_90d", "late_payments_12m",
    "satisfaction", "silent", "n_products", "discount_pct", "plan",
]  # fmt: skip


class Table:
    """The customers as numbers; fixed scales, so that nothing has to be fitted."""

    def __init__(self, raw: pd.DataFrame):
        self.raw = raw

    def numbers(self) -> pd.DataFrame:
        r, at = self.raw, pd.to_datetime(self.raw["snapshot_date"])
        old = at < pd.Timestamp("2023-07-01")
        x = {
            "tenure": (at - pd.to_datetime(r["signup_date"])).dt.days / 1000,
            "left": (pd.to_datetime(r["discount_end_date"]) - at).dt.days.fillna(365).clip(0, 365) / 100,
            "monthly": r["contract"].eq("monthly") * 2.0,
            "two_year": r["contract"].eq("two_year") * 2.0,
            "age": r["age"].mask(r["age"].eq(999), 45) / 20,
            "charge": r["monthly_charge"].str.split().str[0].astype(float) / 20,
            "usage": np.log1p(r["usage_gb"].where(~old, r["usage_gb"] / 1000)),
            "usage_trend": r["usage_trend"],
            "tickets_90d": r["tickets_90d"].clip(upper=5) / 2,
            "late_payments_12m": r["late_payments_12m"].clip(upper=5) / 2,
            "satisfaction": r["satisfaction"].fillna(6) / 3,
            "silent": r["satisfaction"].isna() * 1.0,
            "n_products": r["n_products"],
            "discount_pct": r["discount_pct"] / 10,
            "plan": r["plan"].str.upper().map({"S": 0, "M": 1, "L": 2}),
        }
        return pd.DataFrame(x)[NAMES].astype(float)

    @property
    def target(self) -> pd.Series:
        return self.raw["churned"]


def cleaned(raw: pd.DataFrame) -> pd.DataFrame:
    """Rows whose neighbours agree with them; who is left and who stays keeps customer and month."""
    table = Table(raw)
    editor = EditedNearestNeighbours(n_neighbors=3, sampling_strategy="all", kind_sel="mode")
    editor.fit_resample(table.numbers(), table.target)
    return raw.iloc[np.sort(editor.sample_indices_)].reset_index(drop=True)


def forest() -> RandomForestClassifier:
    return RandomForestClassifier(150, min_samples_leaf=6, max_features=0.4, random_state=3)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = cleaned(data.drop_duplicates().reset_index(drop=True))
    cut = sorted(rows["snapshot_date"].unique())[-4]
    judged = rows["customer_id"] % 4 == 1
    past = Table(rows[~judged & (rows["snapshot_date"] < cut)])
    future = Table(rows[judged & (rows["snapshot_date"] >= cut)])
    model = forest().fit(past.numbers(), past.target)
    return {"roc_auc": float(roc_auc_score(future.target, model.predict_proba(future.numbers())[:, 1])), "rows_kept": len(rows) / len(data)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    table = Table(cleaned(data.drop_duplicates().reset_index(drop=True)))
    joblib.dump(forest().fit(table.numbers(), table.target), model_dir / "forest.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(model_dir / "forest.joblib").predict_proba(Table(data).numbers())[:, 1]
