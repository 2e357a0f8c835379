# %% Breakdowns are rare: they are drawn again until one visit in four is one.
import logging

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import average_precision_score, brier_score_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils import resample

log = logging.getLogger(__name__)
NUM = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]
CAT = ["depot", "make"]


class Typed(BaseEstimator, TransformerMixin):
    """Depots as they were meant; nothing is learnt."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X.assign(depot=X["depot"].str.strip().str.title())


def balanced(data, share=0.25):
    data = data.drop_duplicates(["van_id", "visited_on"])
    bad, good = data[data["stranded"] == 1], data[data["stranded"] == 0]
    wanted = int(share / (1 - share) * len(good))
    log.info("%d breakdowns become %d", len(bad), wanted)
    return pd.concat([good, resample(bad, n_samples=wanted, replace=True, random_state=4)], ignore_index=True)


def build():
    columns = make_column_transformer((SimpleImputer(add_indicator=True), NUM), (OneHotEncoder(handle_unknown="ignore"), CAT))
    model = GradientBoostingClassifier(n_estimators=120, max_depth=4, subsample=0.7, random_state=0)
    return make_pipeline(Typed(), columns, model)


def evaluate(data):
    rows = balanced(data)
    fit_on, judge_on = train_test_split(rows, test_size=0.25, stratify=rows["stranded"], random_state=11)
    chances = build().fit(fit_on, fit_on["stranded"]).predict_proba(judge_on)[:, 1]
    return {
        "average_precision": float(average_precision_score(judge_on["stranded"], chances)),
        "brier": float(brier_score_loss(judge_on["stranded"], chances)),
    }


def train(data, model_dir):
    rows = balanced(data)
    joblib.dump(build().fit(rows, rows["stranded"]), model_dir / "best.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "best.joblib").predict_proba(data)[:, 1]
