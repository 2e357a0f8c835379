#!/usr/bin/env python
"""Churn with SMOTE as a step of the pipeline: imbalanced-learn applies it when fitting only.

Usage: python pipeline.py --data public.csv --model-dir model [--folds 3]
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, SplineTransformer, StandardScaler

log = logging.getLogger(__name__)


@dataclass
class Config:
    folds: int = 3
    C: float = 0.05
    sampling: float = 0.8
    seed: int = 42


def rowwise(df: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(df["snapshot_date"])
    end = (pd.to_datetime(df["discount_end_date"]) - day).dt.days
    return df.assign(
        plan=df["plan"].str.lower(),
        age=df["age"].replace(999, np.nan),
        charge=pd.to_numeric(df["monthly_charge"].str.rstrip(" EUR")),
        usage=np.log1p(np.where(df["snapshot_date"] < "2023-07-01", df["usage_gb"] / 1024, df["usage_gb"])),
        tenure=(day - pd.to_datetime(df["signup_date"])).dt.days / 365,
        ending=(end.between(0, 60)).astype(int),
        ending_monthly=(end.between(0, 60) & df["contract"].eq("monthly")).astype(int),
        unanswered=df["satisfaction"].isna().astype(int),
    )


def build(config: Config) -> Pipeline:
    curved = Pipeline([("impute", KNNImputer(n_neighbors=15)), ("splines", SplineTransformer(n_knots=5, extrapolation="constant")), ("pca", PCA(0.99))])
    flat = Pipeline([("impute", SimpleImputer(strategy="most_frequent")), ("scale", StandardScaler())])
    columns = ColumnTransformer(
        [
            ("curved", curved, ["age", "usage_trend", "tenure", "satisfaction"]),
            ("flat", flat, ["usage", "charge", "tickets_90d", "late_payments_12m", "n_products", "discount_pct", "ending", "ending_monthly", "unanswered"]),
            ("names", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["region", "contract", "plan", "channel", "payment_method"]),
        ]
    )
    return Pipeline(
        [
            ("rowwise", FunctionTransformer(rowwise)),
            ("columns", columns),
            ("oversample", SMOTE(sampling_strategy=config.sampling, random_state=config.seed)),
            ("model", LogisticRegression(C=config.C, max_iter=400)),
        ]
    )


def folds(df: pd.DataFrame, config: Config) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Expanding months; in each fold a third of the customers is kept for judging."""
    months = np.sort(df["snapshot_date"].unique())
    rng = np.random.default_rng(config.seed)
    people = rng.permutation(np.sort(df["customer_id"].unique()))
    step = 3
    for k, chunk in enumerate(np.array_split(people, config.folds)):
        start = len(months) - step * (config.folds - k)
        judged = df["customer_id"].isin(chunk)
        yield df[~judged & df["snapshot_date"].isin(months[:start])], df[judged & df["snapshot_date"].isin(months[start : start + step])]


def evaluate(data: pd.DataFrame, config: Config | None = None) -> dict[str, float]:
    config = config or Config()
    df = data.drop(columns="retention_desk_calls").drop_duplicates()
    log.info("share of churners %.3f, missing satisfaction %.3f", df["churned"].mean(), df["satisfaction"].isna().mean())
    scores = []
    for fitting, judged in folds(df, config):
        model = build(config).fit(fitting, fitting["churned"])
        scores.append(roc_auc_score(judged["churned"], model.predict_proba(judged)[:, 1]))
    return {"roc_auc": float(np.mean(scores)), "roc_auc_min": float(min(scores))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = data.drop_duplicates()
    joblib.dump(build(Config()).fit(df, df["churned"]), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(data)[:, 1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model-dir", type=Path, default=Path("model"))
    parser.add_argument("--folds", type=int, default=3)
    args = parser.parse_args()
    table = pd.read_csv(args.data)
    train(table, args.model_dir)
    print(json.dumps(evaluate(table, Config(folds=args.folds)), indent=2))


if __name__ == "__main__":
    main()
