# %% Visits that the workshop wrote twice are merged before anything else: same van, same day.
import logging

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.metrics import average_precision_score, brier_score_loss
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

log = logging.getLogger(__name__)
NUM = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]
CAT = ["depot", "make"]


class Typed(BaseEstimator, TransformerMixin):
    """Depots and notes as they were meant; nothing is learnt."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X.assign(depot=X["depot"].str.strip().str.title(), note=X["note"].fillna("none").str.lower())


def once(data):
    before = len(data)
    data = data.sort_values(["visited_on", "van_id", "odometer_km"]).drop_duplicates(["van_id", "visited_on"])
    log.info("%d of %d visits stood twice", before - len(data), before)
    return data.reset_index(drop=True)


def search():
    columns = make_column_transformer(
        (SimpleImputer(add_indicator=True), NUM),
        (TargetEncoder(cv=4, random_state=0), CAT),
        (TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 3), min_df=40, max_features=60), "note"),
        sparse_threshold=0.0,
    )
    model = GradientBoostingClassifier(n_estimators=70, subsample=0.7, min_samples_leaf=25, random_state=0)
    grid = {"gradientboostingclassifier__max_depth": [2, 3]}
    return GridSearchCV(make_pipeline(Typed(), columns, model), grid, scoring="average_precision", cv=GroupKFold(3))


def evaluate(data):
    data = once(data)
    log.info("overall rate %.3f; by make %s", data["stranded"].mean(), data.groupby("make")["stranded"].mean().to_dict())
    cut = data["visited_on"].iloc[int(0.7 * len(data))]
    free = (pd.Timestamp(cut) - pd.Timedelta(days=30)).strftime("%Y-%m-%d")
    scores, brier = [], []
    for known, other in GroupKFold(2).split(data, groups=data["van_id"]):
        early, late = data.iloc[known].query("visited_on < @free"), data.iloc[other].query("visited_on >= @cut")
        best = search().fit(early, early["stranded"], groups=early["van_id"])
        chances = best.predict_proba(late)[:, 1]
        scores.append(average_precision_score(late["stranded"], chances))
        brier.append(brier_score_loss(late["stranded"], chances))
    return {"average_precision": float(np.mean(scores)), "brier": float(np.mean(brier))}


def train(data, model_dir):
    data = once(data)
    joblib.dump(search().fit(data, data["stranded"], groups=data["van_id"]).best_estimator_, model_dir / "best.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "best.joblib").predict_proba(data)[:, 1]
