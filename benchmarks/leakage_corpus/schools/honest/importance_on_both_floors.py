# %% Flats: price per flat, by buildings.  Columns are dropped by permutation importance inside the training part.
import pathlib

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupShuffleSplit

NUMBERS = ["area", "rooms", "storey", "built", "to_centre"]
LETTERS = "ABCDEFG"


# %%
def numbers(flats):
    """One row in, one row out."""
    x = flats[NUMBERS].astype(float).copy()
    x["gap"] = flats["to_centre"].isna().astype(float)
    x["to_centre"] = x["to_centre"].fillna(-1)
    x["energy"] = flats["energy"].map(LETTERS.index).astype(float)
    x["district"] = flats["district"].str[1:].astype(float)
    for kind in ("brick", "panel", "steel", "wood"):
        x[kind] = (flats["kind"] == kind).astype(float)
    x["per_room"] = x["area"] / x["rooms"]
    return x


def forest(seed=0):
    return RandomForestRegressor(60, min_samples_leaf=3, max_features=0.6, random_state=seed)


def useful(flats, seed):
    """Columns that a forest misses when they are shuffled, on buildings it has not seen."""
    splits = GroupShuffleSplit(2, test_size=0.3, random_state=seed).split(flats, groups=flats["building_id"])
    x, y = numbers(flats), np.log(flats["price"])
    means = []
    for grown, checked in splits:
        model = forest(seed).fit(x.iloc[grown], y.iloc[grown])
        means.append(permutation_importance(model, x.iloc[checked], y.iloc[checked], n_repeats=2, random_state=seed).importances_mean)
    keep = np.mean(means, axis=0) > 0.001
    return list(x.columns[keep])


# %%
def evaluate(data):
    flats = data.drop_duplicates()
    outer = GroupShuffleSplit(2, test_size=0.25, random_state=8)
    scores, shown, kept = [], [], []
    for rest, judged in outer.split(flats, groups=flats["building_id"]):
        a, b = flats.iloc[rest], flats.iloc[judged]
        chosen = useful(a, 1)
        model = forest().fit(numbers(a)[chosen], np.log(a["price"]))
        guess = np.exp(model.predict(numbers(b)[chosen]))
        scores.append(r2_score(b["price"], guess))
        kept.append(len(chosen))
        # for the table in the notes only: nothing is chosen by it
        importance = permutation_importance(model, numbers(b)[chosen], np.log(b["price"]), n_repeats=2, random_state=0)
        shown.append(dict(zip(chosen, importance.importances_mean, strict=True)))
    table = pd.DataFrame(shown).mean().sort_values(ascending=False)
    print(table.round(3).to_string())
    return {"r2": float(np.mean(scores)), "columns_kept": float(np.mean(kept)), **{f"importance_{k}": float(v) for k, v in table.head(3).items()}}


def train(data, model_dir):
    flats = data.drop_duplicates()
    chosen = useful(flats, 1)
    joblib.dump((chosen, forest().fit(numbers(flats)[chosen], np.log(flats["price"]))), pathlib.Path(model_dir) / "forest.joblib", compress=3)


def predict(data, model_dir):
    chosen, model = joblib.load(pathlib.Path(model_dir) / "forest.joblib")
    return np.exp(model.predict(numbers(data)[chosen]))
