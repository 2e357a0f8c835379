"""Pipelines from naive to careful, by which the process was calibrated.

Each is what a candidate of that care would write; together they say what a point of hidden AUC costs.
`TARGETS` are the hidden AUCs the prototype of this challenge had; `benchmarks/separations.py` measures ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from challenges.ml_pipeline.make_data import BASELINE_COLUMNS
from challenges.simple_models import coded, logistic_regression
from graders.model.challenge import Dataset

TRAP = "retention_desk_calls"
DATES = ("snapshot_date", "signup_date", "discount_end_date")
LAST_MONTHS = "2023-10-01"  # as many months as the hidden rows span
FOLDS = 5


@dataclass(frozen=True)
class Rung:
    """One pipeline: what it makes of a row, and the model it fits on that."""

    name: str
    features: Callable[[pd.DataFrame], pd.DataFrame]
    model: Callable[[], BaseEstimator]

    def scores(self, train: pd.DataFrame, test: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Scores of `test` after fitting on `train`, which holds the target `churned`."""
        model = self.model().fit(self.features(train), train["churned"])
        return np.asarray(model.predict_proba(self.features(test))[:, 1], dtype=np.float64)


@dataclass(frozen=True)
class Separation:
    """AUCs of one pipeline: on the hidden rows, and as two ways of validating would have claimed."""

    hidden: float
    random_split: float
    forward: float


def separation(rung: Rung, dataset: Dataset) -> Separation:
    """Measure one pipeline on one dataset."""
    return Separation(hidden(rung, dataset), random_split(rung, dataset.public), forward(rung, dataset.public))


def hidden(rung: Rung, dataset: Dataset) -> float:
    """What the pipeline is worth: fitted on all public rows, on the hidden ones."""
    return float(roc_auc_score(dataset.labels, rung.scores(dataset.public, dataset.hidden)))


def random_split(rung: Rung, public: pd.DataFrame) -> float:
    """What one random fifth of the rows, held out, would claim."""
    held_out = np.random.default_rng(0).random(len(public)) < 1 / FOLDS
    test = public[held_out]
    return float(roc_auc_score(test["churned"], rung.scores(public[~held_out], test)))


def forward(rung: Rung, public: pd.DataFrame) -> float:
    """What the last months of customers held out in turn would claim, fitted on others' earlier rows."""
    fold = public["customer_id"] % FOLDS
    late = public["snapshot_date"] >= LAST_MONTHS
    parts = [(public[~late & (fold != k)], public[late & (fold == k)]) for k in range(FOLDS)]
    scores = np.concatenate([rung.scores(train, test) for train, test in parts])
    return float(roc_auc_score(np.concatenate([test["churned"] for _, test in parts]), scores))


# --- what a pipeline makes of a row ------------------------------------------------------------------


def four_columns(data: pd.DataFrame) -> pd.DataFrame:
    return data[BASELINE_COLUMNS]


def everything(data: pd.DataFrame) -> pd.DataFrame:
    """All columns as they come; dates as day numbers, so that later ones are at least larger."""
    days = {name: (pd.to_datetime(data[name]) - pd.Timestamp("2020-01-01")).dt.days for name in DATES}
    return data.drop(columns="churned", errors="ignore").assign(**days)


def without_trap(data: pd.DataFrame) -> pd.DataFrame:
    return everything(data).drop(columns=TRAP)


def cleaned(data: pd.DataFrame) -> pd.DataFrame:
    """Units, case, text numbers and sentinels put right; dates as durations; identifiers left out."""
    snapshot = pd.to_datetime(data["snapshot_date"])
    kept = ["region", "contract", "channel", "payment_method", "n_products", "discount_pct", "income_k"]
    kept += ["usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
    return data[kept].assign(
        age=data["age"].where(data["age"] < 120),
        plan=data["plan"].str.upper(),
        tenure=(snapshot - pd.to_datetime(data["signup_date"])).dt.days,
        days_left=(pd.to_datetime(data["discount_end_date"]) - snapshot).dt.days,
        charge=data["monthly_charge"].str.removesuffix(" EUR").astype(float),
        usage_gb=data["usage_gb"] / np.where(data["snapshot_date"] < "2023-07-01", 1000, 1),
    )


def engineered(data: pd.DataFrame) -> pd.DataFrame:
    """What thinking about the business adds: the end of a promotion, the renewal of a contract, silence."""
    table = cleaned(data).drop(columns="income_k")
    free = table["contract"] == "monthly"
    term = table["contract"].map({"one_year": 365, "two_year": 730})
    return table.assign(
        pull=(free & table["days_left"].between(0, 60)) * table["discount_pct"],
        held=(free & table["days_left"].gt(60)).astype(int),
        to_renewal=-table["tenure"] % term,
        swing=table["usage_trend"].abs(),
        silent=table["satisfaction"].isna().astype(int),
    )


# --- the models --------------------------------------------------------------------------------------


def forest() -> BaseEstimator:
    trees = RandomForestClassifier(200, min_samples_leaf=10, random_state=0)
    return make_pipeline(coded(), SimpleImputer(strategy="constant", fill_value=-1), trees)


def boosting() -> BaseEstimator:
    return make_pipeline(coded(), HistGradientBoostingClassifier(max_iter=200, random_state=0))


def regularised_boosting() -> BaseEstimator:
    trees = HistGradientBoostingClassifier(
        max_iter=200,
        learning_rate=0.05,
        max_leaf_nodes=6,
        min_samples_leaf=80,
        l2_regularization=5.0,
        random_state=0,
    )
    return make_pipeline(coded(), trees)


LADDER = (
    Rung("baseline: logistic regression, 4 columns", four_columns, logistic_regression),
    Rung("gradient boosting, everything", everything, boosting),
    Rung("the same without the trap", without_trap, boosting),
    Rung("random forest without the trap", without_trap, forest),
    Rung("cleaned, logistic regression", cleaned, logistic_regression),
    Rung("cleaned, regularised boosting", cleaned, regularised_boosting),
    Rung("engineered, regularised boosting", engineered, regularised_boosting),
)
TARGETS = (0.573, 0.683, 0.719, 0.761, 0.783, 0.795, 0.804)
ORACLE_TARGET = 0.829
