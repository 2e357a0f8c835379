"""Flat prices on a log scale."""

import joblib
import numpy as np
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

NUMBERS = ["area", "rooms", "storey", "built", "to_centre"]
WORDS = ["district", "kind", "energy"]


def features(data):
    return data[NUMBERS + WORDS]


def build():
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), WORDS), remainder="passthrough"
    )
    booster = HistGradientBoostingRegressor(max_iter=120, random_state=0)
    return TransformedTargetRegressor(make_pipeline(columns, booster), func=np.log, inverse_func=np.exp)


def fitted(data):
    return build().fit(features(data), data["price"])


def evaluate(data):
    data = data.drop_duplicates()
    scores = cross_val_score(
        build(), features(data), data["price"], groups=data["building_id"], cv=GroupKFold(5), scoring="r2"
    )
    return {"r2": float(scores.mean()), "r2_sd": float(scores.std())}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict(features(data))
