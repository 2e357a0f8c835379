"""Labels need 60 days to be known, so two months between training and test are left out; the window grows."""
from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score


@dataclasses.dataclass(frozen=True)
class Window:
    train_until: str
    test_month: str


def windows(months: list[str], tests: int, embargo: int) -> Iterator[Window]:
    for i in range(len(months) - tests, len(months)):
        yield Window(train_until=months[i - embargo], test_month=months[i])


def features(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["snapshot_date"])
    return pd.DataFrame({
        "tenure": (day - pd.to_datetime(rows["signup_date"])).dt.days,
        "left": (pd.to_datetime(rows["discount_end_date"]) - day).dt.days,
        "term": rows["contract"].map({"monthly": 0, "one_year": 12, "two_year": 24}),
        "charge": rows["monthly_charge"].str.replace(" EUR", "").astype(float),
        **{c: rows[c] for c in ("satisfaction", "usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct")},
    }).astype(float)


def fit(rows: pd.DataFrame) -> xgb.Booster:
    params = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.1, "min_child_weight": 20, "lambda": 3, "seed": 3, "nthread": 1}
    return xgb.train(params, xgb.DMatrix(features(rows), rows["churned"]), 70)


def score(booster: xgb.Booster, rows: pd.DataFrame) -> np.ndarray:
    return booster.predict(xgb.DMatrix(features(rows)))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    fit(data.drop_duplicates()).save_model(str(Path(model_dir) / "churn.ubj"))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates()
    fold = rows["customer_id"] % 3
    truth, scores = [], []
    for window in windows(sorted(rows["snapshot_date"].unique()), tests=4, embargo=2):
        for k in range(3):
            past = rows[(fold != k) & (rows["snapshot_date"] <= window.train_until)]
            now = rows[(fold == k) & (rows["snapshot_date"] == window.test_month)]
            truth.append(now["churned"].to_numpy())
            scores.append(score(fit(past), now))
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(scores)))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    booster = xgb.Booster()
    booster.load_model(str(Path(model_dir) / "churn.ubj"))
    return score(booster, data)
