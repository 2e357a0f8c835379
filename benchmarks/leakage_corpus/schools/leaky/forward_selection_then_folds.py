"""Price of a flat: products of columns, forward selection over buildings, then the estimate over buildings."""

from __future__ import annotations

import itertools
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

DISTRICTS = [f"D{n:02}" for n in range(40)]
BASE = ["area", "rooms", "storey", "age", "centre", "energy"]


def wide(flats: pd.DataFrame) -> pd.DataFrame:
    base = pd.DataFrame(
        {
            "area": flats["area"],
            "rooms": flats["rooms"],
            "storey": flats["storey"],
            "age": (2024 - flats["built"]) / 10,
            "centre": flats["to_centre"].fillna(6),
            "energy": flats["energy"].map({letter: n for n, letter in enumerate("ABCDEFG")}),
        },
        index=flats.index,
    ).astype(float)
    products = {f"{a}*{b}": base[a] * base[b] for a, b in itertools.combinations_with_replacement(BASE, 2)}
    places = {d: (flats["district"] == d).astype(float) for d in DISTRICTS[:12]}
    return pd.DataFrame({**base, **products, **places})


def ridge() -> TransformedTargetRegressor:
    return TransformedTargetRegressor(make_pipeline(StandardScaler(), Ridge(1.0)), func=np.log, inverse_func=np.exp)


def chosen(x: pd.DataFrame, y: pd.Series, buildings: pd.Series) -> list[str]:
    """The twelve columns that help most, judged across buildings so that nothing is memorised."""
    folds = list(GroupKFold(3).split(x, groups=buildings))
    selector = SequentialFeatureSelector(ridge(), n_features_to_select=8, direction="forward", scoring="r2", cv=folds)
    return list(selector.set_output(transform="pandas").fit(x, y).get_feature_names_out())


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    flats = data.drop_duplicates().reset_index(drop=True)
    x, y, buildings = wide(flats), flats["price"], flats["building_id"]
    columns = chosen(x, y, buildings)
    folds = GroupKFold(5, shuffle=True, random_state=4)
    scores = cross_val_score(ridge(), x[columns], y, groups=buildings, cv=folds, scoring="r2")
    return {"r2": float(scores.mean()), "r2_sd": float(scores.std())}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    flats = data.drop_duplicates().reset_index(drop=True)
    x = wide(flats)
    columns = chosen(x, flats["price"], flats["building_id"])
    joblib.dump((columns, ridge().fit(x[columns], flats["price"])), model_dir / "ridge.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    columns, model = joblib.load(model_dir / "ridge.joblib")
    return model.predict(wide(data)[columns])
