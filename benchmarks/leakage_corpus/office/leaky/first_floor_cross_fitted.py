"""Two-level stack for churn.

Level 1: logistic regression, random forest and histogram boosting.  Their predictions are out-of-fold (`cross_val_predict`), so no
row is seen by the model that predicts it.
Level 2: a logistic regression on the logits of level 1, checked on other customers in later months.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.base import ClassifierMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

NUMBERS = ["age", "tenure", "charge", "usage", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "n_products", "discount_pct", "days_left"]
NAMES = ["region", "contract", "plan", "channel", "payment_method"]


def derive(df: pd.DataFrame) -> pd.DataFrame:
    """Row-wise clean-up."""
    day = pd.to_datetime(df["snapshot_date"])
    return df.assign(
        age=df["age"].mask(df["age"] == 999),
        plan=df["plan"].str.upper(),
        charge=df["monthly_charge"].str.removesuffix(" EUR").astype(float),
        tenure=(day - pd.to_datetime(df["signup_date"])).dt.days,
        usage=np.where(df["snapshot_date"] < "2023-07-01", df["usage_gb"] / 1024, df["usage_gb"]),
        days_left=(pd.to_datetime(df["discount_end_date"]) - day).dt.days.clip(-365, 365),
    )


def columns() -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    return ColumnTransformer([("numbers", numbers, NUMBERS), ("names", OneHotEncoder(handle_unknown="ignore", sparse_output=False), NAMES)])


def base_learners() -> dict[str, Pipeline]:
    start = partial(FunctionTransformer, derive)
    learners: dict[str, ClassifierMixin] = {
        "linear": LogisticRegression(C=0.2, max_iter=500),
        "forest": RandomForestClassifier(n_estimators=80, min_samples_leaf=4, random_state=1, n_jobs=1),
        "boosting": HistGradientBoostingClassifier(max_iter=80, learning_rate=0.07, random_state=1),
    }
    return {name: Pipeline([("derive", start()), ("columns", columns()), ("model", learner)]) for name, learner in learners.items()}


def to_logits(p: np.ndarray) -> np.ndarray:
    return logit(np.clip(p, 1e-4, 1 - 1e-4))


@dataclass
class Stack:
    folds: int = 4
    seed: int = 0
    level1: dict[str, Pipeline] = field(default_factory=base_learners)
    level2: LogisticRegression = field(default_factory=lambda: LogisticRegression(C=1.0))

    def level1_features(self, df: pd.DataFrame) -> pd.DataFrame:
        """Out-of-fold logits of every base learner."""
        cv = StratifiedKFold(self.folds, shuffle=True, random_state=self.seed)
        oof = {name: cross_val_predict(m, df, df["churned"], cv=cv, method="predict_proba")[:, 1] for name, m in self.level1.items()}
        return pd.DataFrame(oof, index=df.index).apply(to_logits)

    def fit(self, df: pd.DataFrame) -> Stack:
        self.level2.fit(self.level1_features(df).to_numpy(), df["churned"])
        for model in self.level1.values():
            model.fit(df, df["churned"])
        return self

    def predict(self, df: pd.DataFrame) -> np.ndarray:
        level1 = np.column_stack([to_logits(m.predict_proba(df)[:, 1]) for m in self.level1.values()])
        return self.level2.predict_proba(level1)[:, 1]


def prepare(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns=["retention_desk_calls", "postcode", "gender"]).drop_duplicates().reset_index(drop=True)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = prepare(data)
    stack = Stack()
    features = stack.level1_features(df)
    judged_people = df["customer_id"] % 10 < 3
    late = df["snapshot_date"] >= "2023-06-01"
    fit_rows, judge_rows = ~judged_people & ~late, judged_people & late
    stack.level2.fit(features[fit_rows].to_numpy(), df.loc[fit_rows, "churned"])
    p = stack.level2.predict_proba(features[judge_rows].to_numpy())[:, 1]
    truth = df.loc[judge_rows, "churned"]
    return {"roc_auc": float(roc_auc_score(truth, p)), "log_loss": float(log_loss(truth, p))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    stack = Stack().fit(prepare(data))
    joblib.dump((stack.level1, stack.level2), Path(model_dir) / "stack.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    level1, level2 = joblib.load(Path(model_dir) / "stack.joblib")
    return Stack(level1=level1, level2=level2).predict(data)
