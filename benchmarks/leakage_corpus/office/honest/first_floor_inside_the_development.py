"""Stack for churn with folds of customers on the first floor.

`CustomerStack.fit` sees the development rows only: it makes out-of-fold logits with GroupKFold by customer, fits the second floor on them
and then every base learner on all rows it was given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, RobustScaler

NUMBERS = ["age", "tenure", "charge", "usage", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "n_products", "ends", "unhappy"]
NAMES = ["region", "contract", "plan", "payment_method"]


def derive(df: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(df["snapshot_date"])
    left = (pd.to_datetime(df["discount_end_date"]) - day).dt.days
    return df.assign(
        age=df["age"].mask(df["age"] == 999),
        plan=df["plan"].str.upper(),
        charge=df["monthly_charge"].str.extract(r"([\d.]+)")[0].astype(float),
        tenure=(day - pd.to_datetime(df["signup_date"])).dt.days,
        usage=df["usage_gb"].where(day >= "2023-07-01", df["usage_gb"] / 1024),
        ends=(left.between(0, 60) & (df["contract"] == "monthly")).astype(float),
        unhappy=df["satisfaction"].isna().astype(float),
    )


def table() -> Pipeline:
    numbers = make_pipeline(SimpleImputer(strategy="median"), RobustScaler())
    columns = ColumnTransformer([("n", numbers, NUMBERS), ("c", OneHotEncoder(handle_unknown="ignore", sparse_output=False), NAMES)])
    return make_pipeline(FunctionTransformer(derive), columns)


def base_learners(seed: int) -> dict[str, Any]:
    return {
        "linear": make_pipeline(table(), LogisticRegression(C=0.2, max_iter=400)),
        "trees": make_pipeline(table(), ExtraTreesClassifier(60, min_samples_leaf=5, random_state=seed, n_jobs=1)),
        "boosting": make_pipeline(table(), HistGradientBoostingClassifier(max_iter=70, learning_rate=0.07, max_leaf_nodes=12, random_state=seed)),
    }


@dataclass
class CustomerStack(ClassifierMixin, BaseEstimator):
    folds: int = 3
    seed: int = 0
    floor: dict[str, Any] = field(default_factory=dict, init=False)

    def fit(self, df: pd.DataFrame, y: pd.Series) -> CustomerStack:
        self.classes_ = np.array([0, 1])
        first = {}
        for name, learner in base_learners(self.seed).items():
            cv = GroupKFold(self.folds)
            first[name] = cross_val_predict(learner, df, y, groups=df["customer_id"], cv=cv, method="predict_proba")[:, 1]
            self.floor[name] = clone(learner).fit(df, y)
        self.second_ = CalibratedClassifierCV(LogisticRegression(), cv=3).fit(self._logits(first), y)
        return self

    @staticmethod
    def _logits(first: dict[str, np.ndarray]) -> np.ndarray:
        p = np.clip(np.column_stack(list(first.values())), 1e-3, 1 - 1e-3)
        return np.log(p / (1 - p))

    def predict_proba(self, df: pd.DataFrame) -> np.ndarray:
        first = {name: learner.predict_proba(df)[:, 1] for name, learner in self.floor.items()}
        return self.second_.predict_proba(self._logits(first))


def prepare(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns=["retention_desk_calls", "postcode", "gender", "income_k"]).drop_duplicates().reset_index(drop=True)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = prepare(data)
    rng = np.random.default_rng(31)
    keep_out = rng.permutation(np.sort(df["customer_id"].unique()))[:1000]
    out, late = df["customer_id"].isin(keep_out), df["snapshot_date"] >= "2023-07-01"
    development, judged = df[~out & ~late].reset_index(drop=True), df[out & late]
    p = CustomerStack().fit(development, development["churned"]).predict_proba(judged)[:, 1]
    return {"roc_auc": float(roc_auc_score(judged["churned"], p)), "brier": float(brier_score_loss(judged["churned"], p))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = prepare(data)
    stack = CustomerStack().fit(df, df["churned"])
    joblib.dump({"floor": stack.floor, "second": stack.second_}, Path(model_dir) / "stack.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    saved = joblib.load(Path(model_dir) / "stack.joblib")
    stack = CustomerStack()
    stack.floor, stack.second_ = saved["floor"], saved["second"]
    return stack.predict_proba(data)[:, 1]
