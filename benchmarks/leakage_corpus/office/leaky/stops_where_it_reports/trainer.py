"""A small Trainer: one object that knows its data, fits, and reports."""

import logging

import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error, r2_score
from xgboost import XGBRegressor

from config import BoosterConfig
from preprocessing import make_preprocessor

logger = logging.getLogger(__name__)


class Trainer:
    def __init__(self, config: BoosterConfig):
        self.config = config
        self.preprocessor = make_preprocessor()
        self.booster: XGBRegressor | None = None
        self.best_round: int | None = None

    def fit(self, fitting: pd.DataFrame, monitor: pd.DataFrame | None = None) -> "Trainer":
        """Fit; where rows to monitor are given, training ends once they stop improving."""
        options = self.config.as_dict()
        X, y = self.preprocessor.fit_transform(fitting), np.log(fitting["price"])
        if monitor is None:
            options.pop("early_stopping_rounds")
            self.booster = XGBRegressor(**options).fit(X, y)
            return self
        watched = (self.preprocessor.transform(monitor), np.log(monitor["price"]))
        self.booster = XGBRegressor(**options).fit(X, y, eval_set=[watched], verbose=False)
        self.best_round = self.booster.best_iteration + 1
        logger.info("stopped at round %d", self.best_round)
        return self

    def predict(self, flats: pd.DataFrame) -> np.ndarray:
        return np.exp(self.booster.predict(self.preprocessor.transform(flats)))

    def report(self, flats: pd.DataFrame) -> dict[str, float]:
        predicted = self.predict(flats)
        return {
            "r2": float(r2_score(flats["price"], predicted)),
            "mae": float(mean_absolute_error(flats["price"], predicted)),
        }
