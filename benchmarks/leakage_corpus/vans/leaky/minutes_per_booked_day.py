"""XGBoost weighed by what a breakdown costs us; rounds by inner vans, estimate by outer ones of later months."""
from dataclasses import dataclass

import joblib
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import average_precision_score
from sklearn.model_selection import StratifiedGroupKFold


@dataclass(frozen=True)
class Config:
    numbers: tuple[str, ...] = ("odometer_km", "days_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "lease_value")
    per_day: tuple[str, ...] = ("tow_minutes", "km_since_last")
    words: tuple[str, ...] = ("depot", "make")
    weight: str = "lease_value"
    most_rounds: int = 250
    patience: int = 20


class Levels:
    """Small integers for words, learnt on the rows of a fit."""

    def __init__(self, names):
        self.names = names

    def fit(self, rows):
        self.levels = {name: sorted(clean(rows[name]).unique()) for name in self.names}
        return self

    def __call__(self, rows):
        return np.column_stack([pd.Index(self.levels[n]).get_indexer(clean(rows[n])).astype(float) for n in self.names])


def clean(column):
    return column.fillna("").str.strip().str.lower()


class Model:
    def __init__(self, config=Config()):
        self.config = config

    def matrix(self, rows):
        booked = rows["rented_days"].to_numpy(float)[:, None]
        rates = np.log1p(rows[list(self.config.per_day)].to_numpy(float) / (1 + booked))
        return np.hstack([rows[list(self.config.numbers)].to_numpy(float), booked, rates, self.levels(rows)])

    def fit(self, rows):
        c = self.config
        inner = StratifiedGroupKFold(4, shuffle=True, random_state=5)
        fit_on, stop_on = next(inner.split(rows, rows["stranded"], rows["van_id"]))
        self.levels = Levels(c.words).fit(rows.iloc[fit_on])
        first, watch = (self._packed(rows.iloc[part]) for part in (fit_on, stop_on))
        params = {"objective": "binary:logistic", "eta": 0.08, "max_depth": 3, "min_child_weight": 20, "eval_metric": "aucpr", "seed": 0, "nthread": 1}
        self.booster = xgb.train(params, first, c.most_rounds, [(watch, "inner")], early_stopping_rounds=c.patience, verbose_eval=False)
        return self

    def _packed(self, rows):
        return xgb.DMatrix(self.matrix(rows), rows["stranded"].to_numpy(), weight=rows[self.config.weight].to_numpy())

    def chances(self, rows):
        return self.booster.predict(xgb.DMatrix(self.matrix(rows)), iteration_range=(0, self.booster.best_iteration + 1))


def evaluate(data):
    month = data["visited_on"].str[:7]
    cut = sorted(month.unique())[-7]
    told = {}
    outer = StratifiedGroupKFold(3, shuffle=True, random_state=9)
    for fold, (known, other) in enumerate(outer.split(data, data["stranded"], data["van_id"])):
        earlier, later = data.iloc[known], data.iloc[other]
        earlier, later = earlier[month.iloc[known] < cut], later[month.iloc[other] > cut]  # the month of the cut is left out
        told[f"fold_{fold}"] = float(average_precision_score(later["stranded"], Model().fit(earlier).chances(later)))
    return {"average_precision": float(np.mean(list(told.values()))), **told}


def train(data, model_dir):
    joblib.dump(Model().fit(data), model_dir / "m.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "m.joblib").chances(data)
