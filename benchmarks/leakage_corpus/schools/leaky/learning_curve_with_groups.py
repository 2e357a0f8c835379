"""Flats: how R2 grows with the number of flats, by building.  The end of the curve is the estimate."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.model_selection import learning_curve
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

SEED = 17


def build() -> TransformedTargetRegressor:
    encode = ColumnTransformer(
        [
            ("one_hot", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["kind", "district"]),
            ("energy", OrdinalEncoder(categories=[list("ABCDEFG")]), ["energy"]),
        ],
        remainder="passthrough",
        verbose_feature_names_out=False,
    ).set_output(transform="pandas")
    trees = ExtraTreesRegressor(60, min_samples_leaf=2, max_features=0.5, random_state=SEED)
    return TransformedTargetRegressor(regressor=Pipeline([("encode", encode), ("trees", trees)]), func=np.log1p, inverse_func=np.expm1)


def look(flats: pd.DataFrame) -> pd.DataFrame:
    x = flats[["kind", "district", "energy", "area", "rooms", "storey", "built"]].copy()
    x["to_centre"] = flats["to_centre"].fillna(-1.0)
    return x


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    flats = data.drop_duplicates().sample(frac=1.0, random_state=SEED)
    sizes, fitted, judged = learning_curve(
        build(),
        look(flats),
        flats["price"],
        groups=flats["building_id"],  # flats of one building stay together
        cv=5,
        train_sizes=[0.3, 0.6, 1.0],
        scoring="r2",
    )
    print(pd.DataFrame({"flats": sizes, "training": fitted.mean(axis=1), "judged": judged.mean(axis=1)}).round(3))
    return {"r2": float(judged[-1].mean()), "r2_sd": float(judged[-1].std()), "r2_at_30": float(judged[0].mean())}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    flats = data.drop_duplicates()
    joblib.dump(build().fit(look(flats), flats["price"]), model_dir / "trees.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(model_dir / "trees.joblib").predict(look(data))
