"""Flat prices: folds keep together what may be one flat; LightGBM on log prices."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold

LETTERS = "ABCDEFG"
KINDS = ["brick", "panel", "steel", "wood"]


def same_thing(flats):
    """One value for flats that may be the same offer, without trusting the register."""
    return pd.factorize(flats["district"] + flats["area"].astype(str) + flats["storey"].astype(str))[0]


def matrix(flats):
    return pd.DataFrame(
        {
            "area": flats["area"],
            "rooms": flats["rooms"],
            "storey": flats["storey"],
            "built": flats["built"],
            "to_centre": flats["to_centre"],
            "energy": flats["energy"].map(LETTERS.index),
            "district": flats["district"].str[1:].astype(int),
            "kind": flats["kind"].map(KINDS.index),
            "room_size": flats["area"] / flats["rooms"],
        }
    )


def new():
    return LGBMRegressor(n_estimators=200, learning_rate=0.06, num_leaves=20, n_jobs=1, verbose=-1, random_state=4)


def evaluate(data):
    x, y = matrix(data), np.log(data["price"])
    scores = []
    for learn, judge in GroupKFold(5).split(x, y, groups=same_thing(data)):
        model = new().fit(x.iloc[learn], y.iloc[learn])
        scores.append(r2_score(data["price"].iloc[judge], np.exp(model.predict(x.iloc[judge]))))
    print("folds", np.round(scores, 3))
    return {"r2": float(np.mean(scores))}


def train(data, model_dir):
    joblib.dump(new().fit(matrix(data), np.log(data["price"])), Path(model_dir) / "lgbm.joblib")


def predict(data, model_dir):
    return np.exp(joblib.load(Path(model_dir) / "lgbm.joblib").predict(matrix(data)))
