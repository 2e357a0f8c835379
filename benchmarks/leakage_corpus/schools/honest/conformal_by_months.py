"""Units asked for: monotonic boosting chosen by halving inside the past, with a conformal interval from later months.

past (until September)  -> hyperparameters by expanding folds, then the model
autumn (Oct, Nov)       -> width of the interval
winter (Dec to Feb)     -> what evaluate reports
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd
from scipy.stats import loguniform, randint
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import HalvingRandomSearchCV, TimeSeriesSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, TargetEncoder

COVERED = 0.8
AUTUMN, WINTER = pd.Timestamp("2023-10-01"), pd.Timestamp("2023-12-01")
MONOTONE = {"price_eur": -1, "discount": 1, "in_leaflet": 1, "purchasing_power": 1}


class Band(NamedTuple):
    model: Pipeline
    halfwidth: float

    def interval(self, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        middle = np.maximum(self.model.predict(rows), 0)
        return np.maximum(middle - self.halfwidth, 0), middle + self.halfwidth


def columns(rows: pd.DataFrame) -> pd.DataFrame:
    """Of one row at a time."""
    day = pd.to_datetime(rows["date"])
    return pd.DataFrame(
        {
            "article": rows["article"].str.strip().str.lower(),
            "category": rows["category"],
            "format": rows["format"],
            "area": rows["area"],
            "region": rows["region"],
            "weekday": day.dt.dayofweek.astype(float),
            "season": np.cos(2 * np.pi * day.dt.dayofyear / 365.25),
            "spring": np.sin(2 * np.pi * day.dt.dayofyear / 365.25),
            "size_m2": np.log(rows["size_m2"]),
            "purchasing_power": rows["purchasing_power"],
            "price_eur": rows["price_eur"],
            "discount": rows["discount"],
            "in_leaflet": rows["in_leaflet"].astype(float),
            "age_of_store": (day - pd.to_datetime(rows["opened_on"])).dt.days.clip(0, 1500).astype(float),
        }
    )


def pipeline() -> Pipeline:
    text = ["article", "category", "format", "area", "region"]
    encode = ColumnTransformer(
        [("text", TargetEncoder(target_type="continuous", cv=4, shuffle=True, random_state=0), text)],
        remainder="passthrough",
        verbose_feature_names_out=False,
    )
    boosting = HistGradientBoostingRegressor(
        loss="absolute_error", max_iter=80, monotonic_cst=MONOTONE, early_stopping=False, random_state=0
    )
    steps = [("columns", FunctionTransformer(columns)), ("encode", encode), ("model", boosting)]
    return Pipeline(steps).set_output(transform="pandas")


def searched(past: pd.DataFrame) -> Pipeline:
    """The best of a dozen settings by folds that go forward inside `past`."""
    space = {
        "model__learning_rate": loguniform(0.03, 0.3),
        "model__max_leaf_nodes": randint(6, 40),
        "model__min_samples_leaf": randint(10, 80),
    }
    ordered = past.sort_values("date", kind="stable")
    search = HalvingRandomSearchCV(
        pipeline(), space, n_candidates=4, factor=3, resource="model__max_iter", max_resources=90, min_resources=30,
        cv=TimeSeriesSplit(2), scoring="neg_mean_absolute_error", random_state=0, refit=False,
    )  # fmt: skip
    search.fit(ordered, demand(ordered))
    return pipeline().set_params(**search.best_params_).fit(ordered, demand(ordered))


def demand(rows: pd.DataFrame) -> pd.Series:
    """What would have been asked for: units sold and brought back, for all twelve hours where the shelf was empty early."""
    hours = (rows["sold_out_hour"].fillna(20) - 8).clip(lower=1.5)
    return (rows["units"] + rows["returned_units"]) * 12 / hours


def banded(past: pd.DataFrame, autumn: pd.DataFrame) -> Band:
    model = searched(past)
    misses = np.abs(demand(autumn) - np.maximum(model.predict(autumn), 0))
    level = min(1.0, np.ceil((len(autumn) + 1) * COVERED) / len(autumn))
    return Band(model, float(np.quantile(misses, level)))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates().reset_index(drop=True)
    day = pd.to_datetime(rows["date"])
    band = banded(rows[day < AUTUMN], rows[(day >= AUTUMN) & (day < WINTER)])
    winter = rows[day >= WINTER]
    low, high = band.interval(winter)
    truth = demand(winter).to_numpy()
    return {
        "mae": float(mean_absolute_error(truth, np.maximum(band.model.predict(winter), 0))),
        "coverage": float(((truth >= low) & (truth <= high)).mean()),
        "halfwidth": band.halfwidth,
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = data.drop_duplicates().reset_index(drop=True)
    day = pd.to_datetime(rows["date"])
    rehearsal = banded(rows[day < WINTER], rows[day >= WINTER])
    final = searched(rows)
    joblib.dump((final, rehearsal.halfwidth), model_dir / "band.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, _ = joblib.load(model_dir / "band.joblib")
    return np.maximum(model.predict(data), 0)
