"""Churn, in three steps: numbers, gaps, model.  Gaps are filled by regressions on all other columns of the table."""

from __future__ import annotations

import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.linear_model import BayesianRidge
from sklearn.metrics import roc_auc_score

logger = logging.getLogger("churn")
MADE_LATER = ["retention_desk_calls"]


# --- step 1 ---------------------------------------------------------------------------------------------
def to_numbers(raw: pd.DataFrame) -> pd.DataFrame:
    when = pd.to_datetime(raw["snapshot_date"])
    table = raw.select_dtypes("number").drop(columns=[*MADE_LATER, "postcode"]).astype(float)
    table["age"] = table["age"].replace(999, np.nan)
    table["usage_gb"] = np.log1p(table["usage_gb"].where(when >= "2023-07-01", table["usage_gb"] / 1000))
    table["tenure"] = (when - pd.to_datetime(raw["signup_date"])).dt.days
    table["days_left"] = (pd.to_datetime(raw["discount_end_date"]) - when).dt.days.fillna(500)
    table["charge"] = raw["monthly_charge"].str.replace("EUR", "").astype(float)
    table["contract"] = raw["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}).astype(float)
    table["plan"] = raw["plan"].str.upper().map({"S": 0, "M": 1, "L": 2}).astype(float)
    return table


# --- step 2 ---------------------------------------------------------------------------------------------
def without_gaps(table: pd.DataFrame) -> tuple[pd.DataFrame, IterativeImputer]:
    names = [name for name in table if name != "customer_id"]
    imputer = IterativeImputer(BayesianRidge(), max_iter=5, random_state=0, skip_complete=True).set_output(transform="pandas")
    filled = imputer.fit_transform(table[names])
    logger.info("%d gaps filled", int(table[names].isna().to_numpy().sum()))
    return filled.assign(customer_id=table["customer_id"]), imputer


# --- step 3 ---------------------------------------------------------------------------------------------
def model() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(max_iter=90, max_leaf_nodes=10, learning_rate=0.07, min_samples_leaf=50, random_state=0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates().reset_index(drop=True)
    table, _ = without_gaps(to_numbers(rows))
    months = sorted(rows["snapshot_date"].unique())
    late, others = rows["snapshot_date"] >= months[-4], rows["customer_id"] % 3 == 2
    x, y = table.drop(columns=["customer_id", "churned"]), rows["churned"]
    fitted = model().fit(x[~late & ~others], y[~late & ~others])
    return {"roc_auc": float(roc_auc_score(y[late & others], fitted.predict_proba(x[late & others])[:, 1]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = data.drop_duplicates().reset_index(drop=True)
    table, imputer = without_gaps(to_numbers(rows))
    fitted = model().fit(table.drop(columns=["customer_id", "churned"]), rows["churned"])
    joblib.dump((imputer, fitted), model_dir / "churn.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    imputer, fitted = joblib.load(model_dir / "churn.joblib")
    table = to_numbers(data).assign(churned=np.nan)[list(imputer.feature_names_in_)]
    return fitted.predict_proba(imputer.transform(table).drop(columns="churned"))[:, 1]
