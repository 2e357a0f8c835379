"""Flat prices: districts are put in order of what a square metre costs there, then a random forest."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

NUMBERS = ["area", "rooms", "storey", "built"]


def in_order(flats, column):
    """The values of a column, from cheap to dear."""
    per_metre = flats["price"] / flats["area"]
    return list(per_metre.groupby(flats[column]).median().sort_values().index)


def forest(flats):
    ranks = OrdinalEncoder(
        categories=[in_order(flats, "district"), in_order(flats, "kind"), list("ABCDEFG")],
        handle_unknown="use_encoded_value",
        unknown_value=-1,
    )
    columns = make_column_transformer((ranks, ["district", "kind", "energy"]), ("passthrough", NUMBERS))
    return make_pipeline(columns, RandomForestRegressor(60, min_samples_leaf=3, max_features=0.6, n_jobs=1, random_state=4))


def evaluate(data):
    flats = data.drop_duplicates().reset_index(drop=True)
    values = []
    for fitting, judged in GroupKFold(4).split(flats, groups=flats["building_id"]):
        model = forest(flats)
        model.fit(flats.iloc[fitting], np.log(flats["price"].iloc[fitting]))
        values.append(r2_score(flats["price"].iloc[judged], np.exp(model.predict(flats.iloc[judged]))))
    return {"r2": float(np.mean(values))}


def train(data, model_dir):
    flats = data.drop_duplicates()
    joblib.dump(forest(flats).fit(flats, np.log(flats["price"])), Path(model_dir) / "forest.joblib")


def predict(data, model_dir):
    return np.exp(joblib.load(Path(model_dir) / "forest.joblib").predict(data))
