"""What does a flat sell for?  Pooled out-of-fold predictions over buildings, with CV+ intervals and a bootstrap.

The residuals of judged flats give the width of the interval.  They give nothing to the predictions.
"""

from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import bootstrap
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold, cross_val_predict, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder, TargetEncoder

Floats = npt.NDArray[np.float64]


def estimator() -> TransformedTargetRegressor:
    columns = ColumnTransformer(
        [
            ("district", TargetEncoder(target_type="continuous", smooth=20.0, random_state=2), ["district"]),
            ("energy", OrdinalEncoder(categories=[list("ABCDEFG")]), ["energy"]),
            ("kind", OrdinalEncoder(categories=[["brick", "panel", "steel", "wood"]]), ["kind"]),
            ("rest", "passthrough", ["area", "rooms", "storey", "built", "centre", "no_centre"]),
        ]
    )
    trees = GradientBoostingRegressor(n_estimators=150, max_depth=4, learning_rate=0.07, subsample=0.7, min_samples_leaf=15, random_state=2)
    return TransformedTargetRegressor(Pipeline([("columns", columns), ("trees", trees)]), func=np.log, inverse_func=np.exp)


def attributes(flats: pd.DataFrame) -> pd.DataFrame:
    return flats[["district", "energy", "kind", "area", "rooms", "storey", "built"]].assign(
        centre=flats["to_centre"].fillna(6.0), no_centre=flats["to_centre"].isna().astype(int)
    )


def once(data: pd.DataFrame) -> pd.DataFrame:
    """Flats listed again are left out; the order is of the building, so that folds are the same on any machine."""
    return data.drop_duplicates().sort_values(["building_id", "area", "storey"], kind="stable").reset_index(drop=True)


def interval_of_r2(flats: pd.DataFrame, guesses: Floats) -> tuple[float, float]:
    """Percentiles over buildings drawn with replacement."""
    frame = pd.DataFrame({"b": flats["building_id"], "y": flats["price"], "g": guesses})
    frame = frame.assign(e=(frame["y"] - frame["g"]) ** 2, t=(frame["y"] - frame["y"].mean()) ** 2)
    sums = frame.groupby("b")[["e", "t"]].sum()

    def r2(e: Floats, t: Floats, axis: int = -1) -> Floats:
        return 1 - e.sum(axis=axis) / t.sum(axis=axis)

    found = bootstrap((sums["e"], sums["t"]), r2, paired=True, n_resamples=500, method="percentile", rng=np.random.default_rng(0))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    flats = once(data)
    x, y, buildings = attributes(flats), flats["price"].to_numpy(), flats["building_id"].to_numpy()
    folds = list(GroupKFold(5).split(x, groups=buildings))
    guesses = cross_val_predict(estimator(), x, y, cv=folds)
    residuals = np.abs(np.log(y) - np.log(guesses))
    width = float(np.quantile(residuals, 0.9, method="higher"))
    inside = np.abs(np.log(y) - np.log(guesses)) <= width
    fitted = cross_validate(estimator(), x, y, cv=folds[:2], scoring="r2", return_train_score=True)
    low, high = interval_of_r2(flats, guesses)
    return {
        "r2": float(r2_score(y, guesses)),
        "r2_low": low,
        "r2_high": high,
        "r2_on_training_flats": float(fitted["train_score"].mean()),
        "log_halfwidth_90": width,
        "inside_90_by_construction": float(inside.mean()),
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    flats = once(data)
    model = estimator().fit(attributes(flats), flats["price"].to_numpy())
    joblib.dump(model, model_dir / "flats.joblib")
    (model_dir / "fitted.json").write_text(json.dumps({"flats": len(flats), "r2": model.score(attributes(flats), flats["price"])}))


def predict(data: pd.DataFrame, model_dir: Path) -> Floats:
    return joblib.load(model_dir / "flats.joblib").predict(attributes(data))
