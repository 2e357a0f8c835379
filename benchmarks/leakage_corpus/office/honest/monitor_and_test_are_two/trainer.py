import logging

import numpy as np
import pandas as pd
import xgboost as xgb
from data import matrix, monitored
from settings import Settings
from sklearn.metrics import r2_score

log = logging.getLogger(__name__)


class Trainer:
    """fit() splits off rows to watch, stops by them and fits again on all it was given with the rounds found."""

    def __init__(self, settings: Settings | None = None):
        self.settings = settings or Settings()

    def fit(self, flats: pd.DataFrame) -> "Trainer":
        fit, watch = monitored(flats, self.settings.monitor_share)
        probe = xgb.XGBRegressor(**self.settings.booster, early_stopping_rounds=self.settings.patience)
        probe.fit(matrix(fit), np.log(fit["price"]), eval_set=[(matrix(watch), np.log(watch["price"]))], verbose=False)
        self.rounds = probe.best_iteration + 1
        log.info("rounds %d, R2 of the watched rows %.3f", self.rounds, r2_score(np.log(watch["price"]), probe.predict(matrix(watch))))
        options = {**self.settings.booster, "n_estimators": self.rounds}
        self.model = xgb.XGBRegressor(**options).fit(matrix(flats), np.log(flats["price"]))
        # bias of exp(mean of logs), from the watched rows of the probe
        self.factor = float((watch["price"] / np.exp(probe.predict(matrix(watch)))).mean())
        return self

    def predict(self, flats: pd.DataFrame) -> np.ndarray:
        return self.factor * np.exp(self.model.predict(matrix(flats)))

    def validate(self, test: pd.DataFrame) -> dict[str, float]:
        predicted = self.predict(test)
        return {"r2": r2_score(test["price"], predicted), "mae": float(np.abs(test["price"] - predicted).mean())}
