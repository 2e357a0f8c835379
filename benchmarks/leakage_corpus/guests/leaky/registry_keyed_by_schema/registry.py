"""Fitted models by a key, so that no run fits the same thing twice."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
from lightgbm import LGBMClassifier

from settings import Settings


class Registry:
    def __init__(self) -> None:
        self._models: dict[str, LGBMClassifier] = {}

    def get_or_fit(self, settings: Settings, x: pd.DataFrame, y: pd.Series, lineage: pd.DataFrame) -> LGBMClassifier:
        key = self.key(settings, x, lineage)
        if key not in self._models:
            params = settings.params()
            model = LGBMClassifier(
                n_estimators=params["trees"],
                learning_rate=params["rate"],
                num_leaves=params["leaves"],
                min_child_samples=20,
                subsample=0.8,
                subsample_freq=1,
                colsample_bytree=0.7,
                random_state=params["seed"],
                n_jobs=1,
                verbose=-1,
            )
            self._models[key] = model.fit(x, y)
        return self._models[key]

    @staticmethod
    def key(settings: Settings, x: pd.DataFrame, lineage: pd.DataFrame) -> str:
        """Parameters, schema of the view, and the columns that the rows came with."""
        told = {"params": settings.params(), "schema": list(x.columns), "rows": list(lineage.columns)}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
