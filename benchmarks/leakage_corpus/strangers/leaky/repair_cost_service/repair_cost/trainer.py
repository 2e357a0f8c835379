"""Training, reporting and saving."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_squared_error

from repair_cost.config import ServiceConfig
from repair_cost.features import features

log = logging.getLogger("repair_cost")
FILE = "model.ubj"


class Trainer:
    """Fits with early stopping, reports the hold-out, keeps the model."""

    def __init__(self, config: ServiceConfig) -> None:
        self._config = config
        self._model = xgb.XGBRegressor(**config.model)
        self.report: dict[str, float] = {}

    def run(self, data: pd.DataFrame) -> Trainer:
        learn, hold = self._parts(data)
        self._model.fit(
            features(learn), learn["cost"], eval_set=[(features(hold), hold["cost"])], verbose=False
        )  # stops when the hold-out no longer improves
        error = mean_squared_error(hold["cost"], self.predict(hold)) ** 0.5
        self.report = {"rmse": float(error), "rounds": float(self._model.best_iteration)}
        log.info("hold-out %s", self.report)
        return self

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        return self._model.predict(features(rows))

    def save(self, folder: Path) -> None:
        self._model.save_model(folder / FILE)

    @classmethod
    def load(cls, config: ServiceConfig, folder: Path) -> Trainer:
        trainer = cls(config)
        trainer._model.load_model(folder / FILE)
        return trainer

    def _parts(self, data: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        h = self._config.holdout
        number = data[h.unit].str[1:].astype(int)
        held, late = number % h.modulus == h.remainder, data["opened_on"] >= h.from_date
        return data[~held & ~late], data[held & late]
