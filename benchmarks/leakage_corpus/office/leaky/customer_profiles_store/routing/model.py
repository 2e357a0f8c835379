"""The classifier and its profiles, which are saved together."""

from __future__ import annotations

import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier

from . import features
from .profiles import ProfileStore
from .settings import TEAMS, Settings

logger = logging.getLogger(__name__)


class TicketRouter:
    """Routes tickets to teams."""

    def __init__(self, settings: Settings, profiles: ProfileStore) -> None:
        self.settings = settings
        self.profiles = profiles
        self.classifier: LGBMClassifier | None = None
        self.levels: dict[str, pd.Index] = {}

    def fit(self, tickets: pd.DataFrame) -> TicketRouter:
        columns = features.build(tickets, self.settings.features, self.profiles)
        self.levels = {name: columns[name].cat.categories for name in self.settings.features.categorical}
        options = self.settings.model
        self.classifier = LGBMClassifier(
            n_estimators=options.n_estimators, learning_rate=options.learning_rate, num_leaves=options.num_leaves,
            min_child_samples=options.min_child_samples, random_state=options.seed, n_jobs=1, verbose=-1,
        )
        self.classifier.fit(columns, tickets[self.settings.target])
        logger.info("fitted on %d tickets", len(tickets))
        return self

    def predict_proba(self, tickets: pd.DataFrame) -> np.ndarray:
        assert self.classifier is not None
        columns = features.build(tickets, self.settings.features, self.profiles)
        for name, levels in self.levels.items():
            columns[name] = columns[name].cat.set_categories(levels)
        assert tuple(self.classifier.classes_) == TEAMS
        return self.classifier.predict_proba(columns)

    def save(self, folder: Path) -> None:
        joblib.dump(self, Path(folder) / "router.joblib")

    @staticmethod
    def load(folder: Path) -> TicketRouter:
        return joblib.load(Path(folder) / "router.joblib")
