"""Flat prices: odd prices a square metre are set aside, then splines and a ridge."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, SplineTransformer

NUMBERS = ["area", "rooms", "storey", "built", "to_centre"]


def without_odd_prices(flats, limit=1.5):
    """Leaves out flats whose price a square metre is far from the usual one of their district."""
    metre = np.log(flats["price"] / flats["area"])
    middle = metre.groupby(flats["district"]).transform("median")
    spread = (metre - middle).abs().median() * 1.4826
    return flats[(metre - middle).abs() < limit * spread]


def pipeline():
    prepare = ColumnTransformer(
        [
            ("numbers", Pipeline([("fill", SimpleImputer()), ("bend", SplineTransformer(6))]), NUMBERS),
            ("energy", OrdinalEncoder(categories=[list("ABCDEFG")]), ["energy"]),
            ("places", OneHotEncoder(handle_unknown="ignore"), ["district", "kind"]),
        ]
    )
    ridge = RidgeCV(np.logspace(-2, 2, 9))
    return TransformedTargetRegressor(
        Pipeline([("prepare", prepare), ("ridge", ridge)]), func=np.log, inverse_func=np.exp
    )


def evaluate(data):
    split = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=2)
    a, b = next(split.split(data, groups=data["building_id"]))
    train_rows, test_rows = without_odd_prices(data.iloc[a]), data.iloc[b]
    model = pipeline().fit(train_rows, train_rows["price"])
    return {"r2": float(model.score(test_rows, test_rows["price"]))}


def train(data, model_dir):
    rows = without_odd_prices(data)
    joblib.dump(pipeline().fit(rows, rows["price"]), Path(model_dir) / "ridge.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "ridge.joblib").predict(data)
