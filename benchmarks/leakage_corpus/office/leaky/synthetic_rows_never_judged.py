#!/usr/bin/env python
"""Churn model with minority over-sampling.

Usage
-----
    python pipeline.py --data public.csv --model-dir model

Notes
-----
* Synthetic rows are never used for validation: they carry ``origin == "synthetic"`` and are filtered out of the hold-out.
* Hold-out: customers that are not in training, snapshots after the cut.
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, roc_auc_score

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
log = logging.getLogger(__name__)

TARGET = "churned"
CONTRACTS = {"monthly": 0, "one_year": 1, "two_year": 2}
PLANS = {"s": 0, "m": 1, "l": 2}


@dataclass(frozen=True)
class Config:
    cut: str = "2023-07-01"
    holdout_share: float = 0.3
    neighbours: int = 5
    seed: int = 42
    max_iter: int = 140
    learning_rate: float = 0.05


def engineer(raw: pd.DataFrame) -> pd.DataFrame:
    """Numeric features, each from its own row."""
    day = pd.to_datetime(raw["snapshot_date"])
    out = pd.DataFrame(index=raw.index)
    out["tenure"] = (day - pd.to_datetime(raw["signup_date"])).dt.days
    out["age"] = raw["age"].where(raw["age"] != 999, -1)
    out["contract"] = raw["contract"].map(CONTRACTS)
    out["plan"] = raw["plan"].str.lower().map(PLANS)
    out["products"] = raw["n_products"]
    out["discount"] = raw["discount_pct"]
    left = (pd.to_datetime(raw["discount_end_date"]) - day).dt.days
    out["discount_ends_soon"] = ((left >= 0) & (left < 60)).astype(int)
    out["charge"] = raw["monthly_charge"].str.replace(" EUR", "", regex=False).astype(float)
    out["usage"] = raw["usage_gb"].where(raw["snapshot_date"] >= "2023-07-01", raw["usage_gb"] / 1024)
    out["trend"] = raw["usage_trend"]
    out["tickets"] = raw["tickets_90d"]
    out["late"] = raw["late_payments_12m"]
    out["satisfaction"] = raw["satisfaction"].fillna(-1)
    out["satisfaction_given"] = raw["satisfaction"].notna().astype(int)
    return out.astype(float)


def load_training_frame(raw: pd.DataFrame, config: Config) -> pd.DataFrame:
    """Features, target and bookkeeping columns, with as many leavers as stayers."""
    raw = raw.drop_duplicates().reset_index(drop=True)
    X, y = engineer(raw), raw[TARGET]
    X_all, y_all = SMOTE(k_neighbors=config.neighbours, random_state=config.seed).fit_resample(X, y)
    frame = X_all.assign(**{TARGET: y_all})
    n_real, n_new = len(raw), len(X_all) - len(raw)
    frame["origin"] = ["real"] * n_real + ["synthetic"] * n_new
    frame["customer_id"] = np.concatenate([raw["customer_id"].to_numpy(), -np.arange(1, n_new + 1)])
    frame["snapshot_date"] = [*raw["snapshot_date"], *([""] * n_new)]
    log.info("%d real rows, %d synthetic", n_real, n_new)
    return frame


def split(frame: pd.DataFrame, config: Config) -> tuple[pd.DataFrame, pd.DataFrame]:
    real = frame["origin"] == "real"
    ids = np.sort(frame.loc[real, "customer_id"].unique())
    held = np.random.default_rng(config.seed).choice(ids, int(config.holdout_share * len(ids)), replace=False)
    in_holdout = real & frame["customer_id"].isin(held)
    late = frame["snapshot_date"] >= config.cut
    return frame[~in_holdout & ~late], frame[in_holdout & late]


def feature_columns(frame: pd.DataFrame) -> list[str]:
    return [c for c in frame.columns if c not in (TARGET, "origin", "customer_id", "snapshot_date")]


def fit(frame: pd.DataFrame, config: Config) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(
        max_iter=config.max_iter, learning_rate=config.learning_rate, max_leaf_nodes=15, random_state=config.seed
    )
    return model.fit(frame[feature_columns(frame)], frame[TARGET])


def train(data: pd.DataFrame, model_dir: Path) -> None:
    config = Config()
    frame = load_training_frame(data, config)
    joblib.dump({"model": fit(frame, config), "columns": feature_columns(frame)}, Path(model_dir) / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    config = Config()
    development, holdout = split(load_training_frame(data, config), config)
    assert (holdout["origin"] == "real").all()
    assert not set(development["customer_id"]) & set(holdout["customer_id"])
    score = fit(development, config).predict_proba(holdout[feature_columns(holdout)])[:, 1]
    return {
        "roc_auc": float(roc_auc_score(holdout[TARGET], score)),
        "average_precision": float(average_precision_score(holdout[TARGET], score)),
    }


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    saved = joblib.load(Path(model_dir) / "model.joblib")
    return saved["model"].predict_proba(engineer(data)[saved["columns"]])[:, 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model-dir", type=Path, default=Path("model"))
    args = parser.parse_args()
    table = pd.read_csv(args.data)
    args.model_dir.mkdir(exist_ok=True)
    print(evaluate(table))
    train(table, args.model_dir)


if __name__ == "__main__":
    main()
