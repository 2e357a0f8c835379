"""A tiny stand-in for Optuna (it is not installed): suggest, score on an inner validation part, keep the best trial."""
from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score


@dataclass
class Trial:
    rng: np.random.Generator
    params: dict[str, float] = field(default_factory=dict)

    def suggest_int(self, name: str, low: int, high: int) -> int:
        self.params[name] = int(self.rng.integers(low, high + 1))
        return self.params[name]

    def suggest_float(self, name: str, low: float, high: float) -> float:
        self.params[name] = float(math.exp(self.rng.uniform(math.log(low), math.log(high))))
        return self.params[name]


@dataclass
class Study:
    seed: int
    best_value: float = -np.inf
    best_params: dict[str, float] = field(default_factory=dict)

    def optimize(self, objective: Callable[[Trial], float], n_trials: int) -> "Study":
        rng = np.random.default_rng(self.seed)
        for _ in range(n_trials):
            trial = Trial(rng)
            value = objective(trial)
            if value > self.best_value:
                self.best_value, self.best_params = value, trial.params
        return self


def features(rows: pd.DataFrame) -> pd.DataFrame:
    snap = pd.to_datetime(rows["snapshot_date"])
    X = rows[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].astype(float)
    X["tenure"] = (snap - pd.to_datetime(rows["signup_date"])).dt.days
    X["left"] = (pd.to_datetime(rows["discount_end_date"]) - snap).dt.days
    X["term"] = rows["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2})
    X["bill"] = rows["monthly_charge"].str.replace(" EUR", "").astype(float)
    X["age"] = rows["age"].where(rows["age"] != 999)
    return X


def split(rows: pd.DataFrame, cut: str, share: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    customers = np.sort(rows["customer_id"].unique())
    unseen = np.random.default_rng(seed).choice(customers, int(share * len(customers)), replace=False)
    new, late = rows["customer_id"].isin(unseen), rows["snapshot_date"] >= cut
    return rows[~new & ~late], rows[new & late]


def fit(rows: pd.DataFrame, params: dict[str, float]) -> lgb.Booster:
    fixed = {"objective": "binary", "verbose": -1, "seed": 0, "deterministic": True, "num_threads": 1}
    return lgb.train({**fixed, **params}, lgb.Dataset(features(rows), rows["churned"]), 100)


def tune(rows: pd.DataFrame, cut: str) -> Study:
    inner_train, inner_valid = split(rows, cut, 0.4, seed=2)

    def objective(trial: Trial) -> float:
        params = {
            "num_leaves": trial.suggest_int("num_leaves", 4, 16),
            "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 30, 200),
            "learning_rate": trial.suggest_float("learning_rate", 0.03, 0.1),
            "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 20.0),
        }
        return roc_auc_score(inner_valid["churned"], fit(inner_train, params).predict(features(inner_valid)))

    return Study(seed=1).optimize(objective, n_trials=12)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    development, test = split(data.drop_duplicates(), "2023-10-01", 0.5, seed=1)
    study = tune(development, "2023-07-01")
    score = fit(development, study.best_params).predict(features(test))
    return {"roc_auc": float(roc_auc_score(test["churned"], score)), "best_value": float(study.best_value)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = data.drop_duplicates()
    fit(rows, tune(rows, "2023-10-01").best_params).save_model(str(Path(model_dir) / "model.txt"))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return lgb.Booster(model_file=str(Path(model_dir) / "model.txt")).predict(features(data))
