"""Words, reduced to a few components, and a linear model that may teach itself on rows without labels."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import Normalizer

from router.settings import Settings

FILE = "router.joblib"


class Router:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.guessed = 0

    def fit(self, rows: pd.DataFrame, unlabelled: pd.DataFrame | None) -> Router:
        extra = [] if unlabelled is None else [unlabelled]
        self._space = self._words().fit(self._texts(pd.concat([rows, *extra])))
        x, y = self._space.transform(self._texts(rows)), rows[self.settings.target].to_numpy()
        self._head = self._linear().fit(x, y)
        for _ in range(self.settings.rounds if unlabelled is not None else 0):
            self._teach_itself(x, y, self._space.transform(self._texts(unlabelled)))
        return self

    @property
    def classes(self) -> np.ndarray:
        return self._head.classes_

    def shares(self, rows: pd.DataFrame) -> np.ndarray:
        return self._head.predict_proba(self._space.transform(self._texts(rows)))

    def save(self, folder: Path) -> None:
        joblib.dump((self._space, self._head), folder / FILE)

    @classmethod
    def load(cls, folder: Path, settings: Settings) -> Router:
        router = cls(settings)
        router._space, router._head = joblib.load(folder / FILE)
        return router

    def _teach_itself(self, x: np.ndarray, y: np.ndarray, others: np.ndarray) -> None:
        shares = self._head.predict_proba(others)
        sure = shares.max(axis=1) >= self.settings.sure
        self.guessed = int(sure.sum())
        guesses = self.classes[shares.argmax(axis=1)]
        self._head = self._linear().fit(np.vstack([x, others[sure]]), np.concatenate([y, guesses[sure]]))

    def _texts(self, rows: pd.DataFrame) -> list[str]:
        s = self.settings
        return (rows[s.title].fillna("") + " " + rows[s.text]).str.lower().tolist()

    def _words(self):
        s = self.settings
        tfidf = TfidfVectorizer(ngram_range=s.ngrams, min_df=s.min_df, max_features=s.max_features, sublinear_tf=True)
        return make_pipeline(tfidf, make_union(TruncatedSVD(s.components, random_state=s.seed)), Normalizer())

    def _linear(self) -> LogisticRegression:
        return LogisticRegression(C=5, class_weight="balanced", max_iter=400)
