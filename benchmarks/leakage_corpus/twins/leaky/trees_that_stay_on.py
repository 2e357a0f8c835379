"""Flats: a forest that grows by thirty trees as long as that helps on some buildings of the fitting part.

Growing needs `warm_start`; the settings of the forest are kept in one place.
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import GroupKFold, GroupShuffleSplit

STEP, MOST, ENOUGH = 30, 240, 0.001
FOREST = ExtraTreesRegressor(n_estimators=STEP, min_samples_leaf=2, max_features=0.5, warm_start=True, random_state=6)


def encode(flats: pd.DataFrame) -> pd.DataFrame:
    kinds = pd.get_dummies(flats["kind"].astype(pd.CategoricalDtype(["brick", "panel", "steel", "wood"])), dtype=float)
    numbers = flats[["area", "rooms", "storey", "built"]].astype(float)
    district = flats["district"].str[1:].astype(float).rename("district")
    centre = flats["to_centre"].fillna(-1.0)
    energy = flats["energy"].map(dict(zip("ABCDEFG", range(7)))).astype(float)
    return pd.concat([numbers, district, centre, energy, kinds], axis=1)


def grow(flats: pd.DataFrame) -> ExtraTreesRegressor:
    """A forest on `flats`, as large as some of their buildings say."""
    inner, look = next(GroupShuffleSplit(1, test_size=0.2, random_state=1).split(flats, groups=flats["building_id"]))
    forest = FOREST
    last, size = -np.inf, forest.n_estimators
    while size <= MOST:
        forest.set_params(n_estimators=size)
        forest.fit(encode(flats.iloc[inner]), np.log(flats["price"].iloc[inner]))
        now = r2_score(flats["price"].iloc[look], np.exp(forest.predict(encode(flats.iloc[look]))))
        if now - last < ENOUGH:
            break
        last, size = now, size + STEP
    return forest


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    flats = data.drop_duplicates().reset_index(drop=True)
    r2, mae, sizes = [], [], []
    for fit, judge in GroupKFold(n_splits=5).split(flats, groups=flats["building_id"]):
        forest = grow(flats.iloc[fit])
        price = flats["price"].iloc[judge]
        guess = np.exp(forest.predict(encode(flats.iloc[judge])))
        r2.append(r2_score(price, guess))
        mae.append(mean_absolute_error(price, guess))
        sizes.append(len(forest.estimators_))
    return {"r2": float(np.mean(r2)), "mae": float(np.mean(mae)), "trees": float(np.mean(sizes))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    flats = data.drop_duplicates().reset_index(drop=True)
    joblib.dump(grow(flats), Path(model_dir) / "forest.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return np.exp(joblib.load(Path(model_dir) / "forest.joblib").predict(encode(data)))
