"""Churn: gradient boosting on engineered features, out-of-fold predictions of later months and other customers.

Evaluation in short: customers are dealt into four folds; each fold is judged on the last six months only, by a model that has seen
other customers and earlier months.  The pooled out-of-fold predictions give the AUC.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    target: str = "churned"
    customer: str = "customer_id"
    n_folds: int = 4
    judged_from: str = "2023-07-01"
    smoothing: float = 25.0
    encoded: tuple[str, ...] = ("region", "contract", "channel", "payment_method", "plan_contract")
    params: dict = field(
        default_factory=lambda: dict(
            n_estimators=140, learning_rate=0.05, num_leaves=15, min_child_samples=40, subsample=0.8, subsample_freq=1,
            colsample_bytree=0.7, n_jobs=1, verbose=-1,
        )
    )  # fmt: skip
    seeds: tuple[int, ...] = (11, 12)


CONFIG = Settings()


class FeatureBuilder:
    """Row-wise features, medians and smoothed churn rates; the last two are learnt in `fit`."""

    def __init__(self, config: Settings = CONFIG) -> None:
        self.config = config

    @staticmethod
    def clean(df: pd.DataFrame) -> pd.DataFrame:
        df = df.copy()
        snap = pd.to_datetime(df["snapshot_date"])
        df["age"] = df["age"].where(df["age"] < 120)
        df["plan"] = df["plan"].str.upper()
        df["charge"] = df["monthly_charge"].str.replace(" EUR", "", regex=False).astype(float)
        df["usage"] = np.where(snap < pd.Timestamp("2023-07-01"), df["usage_gb"] / 1024, df["usage_gb"])
        df["tenure"] = (snap - pd.to_datetime(df["signup_date"])).dt.days
        df["discount_left"] = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days.clip(-60, 400)
        df["no_answer"] = df["satisfaction"].isna().astype(int)
        df["plan_contract"] = df["plan"] + "_" + df["contract"]
        return df

    def fit(self, df: pd.DataFrame) -> FeatureBuilder:
        cfg, d = self.config, self.clean(df)
        self.medians_ = d[["age", "satisfaction", "income_k"]].median()
        self.prior_ = d[cfg.target].mean()
        self.rates_ = {}
        for col in cfg.encoded:
            stats = d.groupby(col)[cfg.target].agg(["sum", "count"])
            self.rates_[col] = (stats["sum"] + cfg.smoothing * self.prior_) / (stats["count"] + cfg.smoothing)
        return self

    def transform(self, df: pd.DataFrame) -> pd.DataFrame:
        d = self.clean(df)
        numeric = ["age", "satisfaction", "charge", "usage", "usage_trend", "tenure", "n_products", "discount_pct", "tickets_90d",
                   "late_payments_12m", "no_answer"]  # fmt: skip
        out = d[numeric].fillna(self.medians_).astype(float)
        out["discount_left"] = d["discount_left"].fillna(-99)
        for col, rates in self.rates_.items():
            out[f"{col}_rate"] = d[col].map(rates).fillna(self.prior_)
        return out


def fit_models(train_rows: pd.DataFrame) -> tuple[FeatureBuilder, list[lgb.LGBMClassifier]]:
    builder = FeatureBuilder().fit(train_rows)
    X, y = builder.transform(train_rows), train_rows[CONFIG.target]
    return builder, [lgb.LGBMClassifier(random_state=seed, **CONFIG.params).fit(X, y) for seed in CONFIG.seeds]


def average(builder: FeatureBuilder, models: list[lgb.LGBMClassifier], rows: pd.DataFrame) -> np.ndarray:
    X = builder.transform(rows)
    return np.mean([model.predict_proba(X)[:, 1] for model in models], axis=0)


def out_of_fold(df: pd.DataFrame) -> pd.Series:
    rng = np.random.default_rng(2024)
    customers = np.sort(df[CONFIG.customer].unique())
    fold_of = pd.Series(rng.integers(0, CONFIG.n_folds, len(customers)), index=customers)
    fold = df[CONFIG.customer].map(fold_of)
    late = df["snapshot_date"] >= CONFIG.judged_from
    oof = pd.Series(np.nan, index=df.index, name="oof")
    for k in range(CONFIG.n_folds):
        tr, va = df[(fold != k) & ~late], df[(fold == k) & late]
        builder, models = fit_models(tr)
        oof.loc[va.index] = average(builder, models, va)
        logger.info("fold %d: %d -> %d rows, auc %.4f", k, len(tr), len(va), roc_auc_score(va[CONFIG.target], oof[va.index]))
    return oof


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = data.drop_duplicates().reset_index(drop=True)
    oof = out_of_fold(df).dropna()
    y = df.loc[oof.index, CONFIG.target]
    return {
        "roc_auc": float(roc_auc_score(y, oof)),
        "average_precision": float(average_precision_score(y, oof)),
        "brier": float(brier_score_loss(y, oof)),
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = data.drop_duplicates().reset_index(drop=True)
    oof = out_of_fold(df).dropna()
    calibrator = IsotonicRegression(out_of_bounds="clip", y_min=0.001, y_max=0.999).fit(oof, df.loc[oof.index, CONFIG.target])
    builder, models = fit_models(df)
    joblib.dump({"builder": builder, "models": models, "calibrator": calibrator}, Path(model_dir) / "churn.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    saved = joblib.load(Path(model_dir) / "churn.joblib")
    raw = average(saved["builder"], saved["models"], data)
    return 0.9 * saved["calibrator"].predict(raw) + 0.1 * raw  # the raw part breaks ties
