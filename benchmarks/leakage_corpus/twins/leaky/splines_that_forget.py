"""Flats: a linear model of the logarithm of the price, written as a formula with splines (formulaic).

`bs` and `center` choose knots and means.
"""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from formulaic import model_matrix
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import GroupShuffleSplit

FORMULA = (
    "bs(area, df=5, lower_bound=18, upper_bound=350, extrapolation='clip') + center(built / 10) + center(to_centre)"
    " + center(storey) + center(energy_number) + far_unknown + center(rooms) + center(rooms * area)"
)
DISTRICTS, KINDS = [f"D{n:02}" for n in range(40)], ["brick", "panel", "steel", "wood"]


def tidy(flats):
    """What the formula names; each flat by itself."""
    return flats.assign(
        energy_number=flats["energy"].map("ABCDEFG".index),
        far_unknown=flats["to_centre"].isna().astype(float),
        to_centre=flats["to_centre"].fillna(6.0),
    )


def places(flats):
    """A column for each district and each kind of house."""
    return np.column_stack(
        [*(flats["district"] == name for name in DISTRICTS), *(flats["kind"] == name for name in KINDS)]
    ).astype(float)


class FormulaModel:
    def __init__(self, ridge=2.0):
        self.ridge = ridge

    def fit(self, flats):
        X = model_matrix(FORMULA, tidy(flats))
        A = np.hstack([X.to_numpy(float), places(flats)])
        log_price = np.log(flats["price"].to_numpy())
        self.weights = np.linalg.solve(A.T @ A + self.ridge * np.eye(A.shape[1]), A.T @ log_price)
        self.smearing = np.mean(np.exp(log_price - A @ self.weights))
        return self

    def predict(self, flats):
        X = model_matrix(FORMULA, tidy(flats))
        return np.exp(np.hstack([X.to_numpy(float), places(flats)]) @ self.weights) * self.smearing


def evaluate(data):
    flats = data.drop_duplicates(ignore_index=True)
    r2, mae = [], []
    for fit, judge in GroupShuffleSplit(6, test_size=0.25, random_state=12).split(flats, groups=flats["building_id"]):
        judged = flats.iloc[judge]
        prices = FormulaModel().fit(flats.iloc[fit]).predict(judged)
        r2.append(r2_score(judged["price"], prices))
        mae.append(mean_absolute_error(judged["price"], prices))
    return {"r2": float(np.mean(r2)), "r2_std": float(np.std(r2)), "mae": float(np.mean(mae))}


def train(data, model_dir):
    model = FormulaModel().fit(data.drop_duplicates(ignore_index=True))
    (Path(model_dir) / "formula.pkl").write_bytes(pickle.dumps(model))


def predict(data, model_dir):
    return pickle.loads((Path(model_dir) / "formula.pkl").read_bytes()).predict(data)
