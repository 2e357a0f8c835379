"""Flats: what comparable flats of other buildings sold for, then gradient boosting on the logarithm.

A comparable is among the nearest in district, distance to the centre, storey, year and energy class.  A flat is never
compared with its own building: of a new building we know no price.
"""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import NearestNeighbors


class Comparables:
    """Looks up the price per square metre of the most similar known flats."""

    def __init__(self, k=12, look=60):
        self.k, self.look = k, look

    def place(self, flats):
        district = flats["district"].map({f"D{n:02}": n for n in range(40)}).fillna(40)
        energy = flats["energy"].map({letter: n for n, letter in enumerate("ABCDEFG")}).fillna(3)
        return np.column_stack(
            [10.0 * district, flats["to_centre"].fillna(6.0) / 2, flats["storey"] / 9, (flats["built"] - 1960) / 40, energy / 3]
        )

    def fit(self, flats):
        self.building = flats["building_id"].to_numpy()
        self.per_metre = (flats["price"] / flats["area"]).to_numpy()
        self.index = NearestNeighbors(n_neighbors=self.look).fit(self.place(flats))
        return self

    def of(self, flats):
        _, near = self.index.kneighbors(self.place(flats))
        own = self.building[near] == flats["building_id"].to_numpy()[:, None]
        values = np.where(own, np.nan, self.per_metre[near])
        values[np.cumsum(~own, axis=1) > self.k] = np.nan
        return np.nanmedian(values, axis=1)


def design(flats, comparables):
    out = flats[["area", "rooms", "storey", "built", "to_centre"]].astype(float)
    out["energy"] = flats["energy"].map({letter: n for n, letter in enumerate("ABCDEFG")})
    out["kind"] = flats["kind"].map({"brick": 0, "panel": 1, "wood": 2, "steel": 3})
    out["like"] = comparables.of(flats)
    out["like_times_area"] = out["like"] * out["area"]
    return out


def learn(flats, comparables):
    model = HistGradientBoostingRegressor(max_iter=120, learning_rate=0.06, min_samples_leaf=25, random_state=4)
    return model.fit(design(flats, comparables), np.log(flats["price"]))


def evaluate(data):
    flats = data.drop_duplicates().reset_index(drop=True)
    out_of_fold = np.empty(len(flats))
    for fit, judge in GroupKFold(n_splits=4).split(flats, groups=flats["building_id"]):
        comparables = Comparables().fit(flats.iloc[fit])
        model = learn(flats.iloc[fit], comparables)
        out_of_fold[judge] = np.exp(model.predict(design(flats.iloc[judge], comparables)))
    return {"r2": float(r2_score(flats["price"], out_of_fold))}


def train(data, model_dir):
    flats = data.drop_duplicates().reset_index(drop=True)
    comparables = Comparables().fit(flats)
    (Path(model_dir) / "flats.pkl").write_bytes(pickle.dumps((comparables, learn(flats, comparables))))


def predict(data, model_dir):
    comparables, model = pickle.loads((Path(model_dir) / "flats.pkl").read_bytes())
    return np.exp(model.predict(design(data, comparables)))
