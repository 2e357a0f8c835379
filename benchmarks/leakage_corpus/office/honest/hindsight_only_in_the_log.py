"""Machine states: boosting, with class multipliers for macro F1.

The multipliers come from the last days of the training period.  How much better multipliers chosen in hindsight would have been is
logged, as a ceiling, and is not what `evaluate` returns.
"""

import itertools
import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import f1_score

logger = logging.getLogger(__name__)

STATES = np.array(["faulty", "ok", "stopped", "worn"])
SENSORS = [f"s{i}" for i in range(30)]
GRID = (0.7, 1.0, 1.4, 2.0)


class StateClassifier:
    """Boosting and multipliers."""

    def __init__(self, tuning_share: float = 0.2, seed: int = 0):
        self.tuning_share = tuning_share
        self.seed = seed

    def _new(self):
        return HistGradientBoostingClassifier(max_iter=60, learning_rate=0.12, max_leaf_nodes=8, l2_regularization=3.0, random_state=self.seed)

    @staticmethod
    def matrix(df):
        X = df[SENSORS].copy()
        X["line"] = df["line"].str[1:].astype(int)
        return X.to_numpy(float)

    def fit(self, df):
        days = np.sort(df["day"].unique())
        first_tuning_day = days[int((1 - self.tuning_share) * len(days))]
        early, tuning = df[df["day"] < first_tuning_day], df[df["day"] >= first_tuning_day]
        trial = self._new().fit(self.matrix(early), early["state"])
        self.multipliers_ = best_multipliers(trial.predict_proba(self.matrix(tuning)), tuning["state"])
        self.model_ = self._new().fit(self.matrix(df), df["state"])
        return self

    def raw(self, df):
        return self.model_.predict_proba(self.matrix(df))

    def predict_proba(self, df):
        return weighted(self.raw(df), self.multipliers_)


def weighted(p, multipliers):
    p = p * multipliers
    return p / p.sum(axis=1, keepdims=True)


def macro_f1(p, state):
    return f1_score(state, STATES[p.argmax(axis=1)], average="macro")


def best_multipliers(p, state):
    options = (np.array([faulty, 1.0, stopped, worn]) for faulty, stopped, worn in itertools.product(GRID, GRID, GRID))
    return max(options, key=lambda m: macro_f1(weighted(p, m), state))


def evaluate(data):
    df = data.drop(columns="repair_code")
    days = np.sort(df["day"].unique())
    cut = days[int(0.8 * len(days))]
    past, coming = df[df["day"] < cut], df[df["day"] >= cut]
    model = StateClassifier().fit(past)
    claim = macro_f1(model.predict_proba(coming), coming["state"])
    ceiling = macro_f1(weighted(model.raw(coming), best_multipliers(model.raw(coming), coming["state"])), coming["state"])
    logger.info("macro F1 %.3f; with multipliers chosen in hindsight it would be %.3f", claim, ceiling)
    return {"f1_macro": float(claim), "f1_macro_without_multipliers": float(macro_f1(model.raw(coming), coming["state"]))}


def train(data, model_dir):
    model = StateClassifier().fit(data)
    joblib.dump({"model": model.model_, "multipliers": model.multipliers_}, Path(model_dir) / "states.joblib")


def predict(data, model_dir):
    saved = joblib.load(Path(model_dir) / "states.joblib")
    return weighted(saved["model"].predict_proba(StateClassifier.matrix(data)), saved["multipliers"])
