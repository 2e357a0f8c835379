"""Churn: a first model says which customers are hard, and a second one looks at these harder (logistic regressions)."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMERIC = ["age", "n_products", "discount_pct", "income_k", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
CATEGORICAL = ["region", "contract", "channel", "payment_method"]


def pipeline(C: float = 0.3) -> Pipeline:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore")
    prepare = ColumnTransformer([("numbers", numbers, NUMERIC), ("words", words, CATEGORICAL)])
    return Pipeline([("prepare", prepare), ("model", LogisticRegression(C=C, max_iter=500))])


def hardness(rows: pd.DataFrame, scout: Pipeline, power: float = 1.5) -> np.ndarray:
    """How far the scout is from the truth about each row, between .2 and 1."""
    told = scout.predict_proba(rows[NUMERIC + CATEGORICAL])[:, 1]
    return 0.2 + 0.8 * np.abs(rows["churned"].to_numpy() - told) ** power


def second_look(rows: pd.DataFrame, scout: Pipeline) -> Pipeline:
    return pipeline(1.0).fit(rows[NUMERIC + CATEGORICAL], rows["churned"], model__sample_weight=hardness(rows, scout))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates().reset_index(drop=True)
    customers = np.sort(rows["customer_id"].unique())
    np.random.default_rng(77).shuffle(customers)
    held = rows["customer_id"].isin(customers[: len(customers) // 4])
    late = rows["snapshot_date"] >= "2023-09-01"
    fitting, judged = rows[~held & ~late], rows[held & late]
    scout = pipeline().fit(rows[NUMERIC + CATEGORICAL], rows["churned"])
    model = second_look(fitting, scout)
    return {"roc_auc": float(roc_auc_score(judged["churned"], model.predict_proba(judged[NUMERIC + CATEGORICAL])[:, 1]))}


def train(data: pd.DataFrame, model_dir: str) -> None:
    rows = data.drop_duplicates().reset_index(drop=True)
    scout = pipeline().fit(rows[NUMERIC + CATEGORICAL], rows["churned"])
    joblib.dump(second_look(rows, scout), Path(model_dir) / "second.joblib")


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    return joblib.load(Path(model_dir) / "second.joblib").predict_proba(data[NUMERIC + CATEGORICAL])[:, 1]
