from __future__ import annotations

import logging
from functools import cached_property

import lightgbm as lgb
import numpy as np
import pandas as pd

from .cleaning import clean
from .config import ChurnConfig
from .profiles import SegmentProfiles

logger = logging.getLogger(__name__)
NUMBERS = ["age", "charge", "usage", "usage_trend", "tenure", "discount_left", "free_soon", "silent", "satisfaction", "tickets_90d", "late_payments_12m", "n_products"]
CONTRACTS = {"monthly": 0, "one_year": 1, "two_year": 2}


class ChurnModel:
    def __init__(self, config: ChurnConfig) -> None:
        self.config = config

    @cached_property
    def profiles(self) -> SegmentProfiles:
        return SegmentProfiles(self.config.segments, self.config.strength)

    def fit(self, raw: pd.DataFrame) -> ChurnModel:
        rows = clean(raw)
        self.usual_usage_ = rows.groupby("plan")["usage"].median()
        X = self._matrix(rows, self.profiles.fit_transform(rows, rows["churned"]))
        c = self.config
        self.booster_ = lgb.LGBMClassifier(
            n_estimators=c.rounds, learning_rate=c.learning_rate, num_leaves=c.leaves, random_state=c.seed, n_jobs=1, verbose=-1
        ).fit(X, rows["churned"])
        logger.info("%d rows, %d columns", *X.shape)
        return self

    def score(self, raw: pd.DataFrame) -> np.ndarray:
        rows = clean(raw)
        return self.booster_.predict_proba(self._matrix(rows, self.profiles.transform(rows)))[:, 1]

    def _matrix(self, rows: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
        X = rows[NUMBERS].astype(float).join(rates)
        X["contract"] = rows["contract"].map(CONTRACTS)
        X["usage_vs_plan"] = rows["usage"] / rows["plan"].map(self.usual_usage_)
        return X
