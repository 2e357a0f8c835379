"""Churn: entry point."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import brier_score_loss, roc_auc_score

from churn.cleaning import without_repeats
from churn.config import ChurnConfig
from churn.model import ChurnModel

CONFIG = ChurnConfig()


def development_and_later(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = np.sort(rows["customer_id"].unique())
    others = np.random.default_rng(CONFIG.seed).choice(ids, len(ids) // 3, replace=False)
    is_other, is_late = rows["customer_id"].isin(others), rows["snapshot_date"] >= CONFIG.cut
    return rows[~is_other & ~is_late], rows[is_other & is_late]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    development, later = development_and_later(without_repeats(data))
    p = ChurnModel(CONFIG).fit(development).score(later.drop(columns="churned"))
    return {"roc_auc": float(roc_auc_score(later["churned"], p)), "brier": float(brier_score_loss(later["churned"], p))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(ChurnModel(CONFIG).fit(without_repeats(data)), Path(model_dir) / "churn.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "churn.joblib").score(data)
