"""Demand forecasting with a small hand-made search (after Optuna's interface, without it).

    early days  -> fit the trials
    middle days -> compare the trials
    last days   -> judge the winner, once; it is fitted on early and middle days

`train` repeats the search one period later and fits on all days.
"""

from __future__ import annotations

import argparse
import logging
import math
import typing as t
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder, TargetEncoder

LOG = logging.getLogger("demand")
TARGET = "units"


def derive(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["date"])
    out = pd.DataFrame(
        {
            "weekday": day.dt.dayofweek,
            "yearday_sin": np.sin(2 * math.pi * day.dt.dayofyear / 365.25),
            "yearday_cos": np.cos(2 * math.pi * day.dt.dayofyear / 365.25),
            "store_age": (day - pd.to_datetime(rows["opened_on"])).dt.days,
            "net": rows["price_eur"] * (1 - rows["discount"]),
            "discount": rows["discount"],
            "leaflet": rows["in_leaflet"],
            "size": rows["size_m2"],
            "power": rows["purchasing_power"],
            "shelf": rows["shelf_units"].where(rows["date"] >= "2023-12-01", 6 * rows["shelf_units"]),
            "area": rows["area"],
            "kind": rows["format"],
        }
    )
    article = rows["article"].str.lower().str.strip()
    return out.assign(article=article, article_and_kind=article + "/" + rows["format"])


def base() -> Pipeline:
    columns = make_column_transformer(
        (TargetEncoder(target_type="continuous", random_state=0), ["article", "article_and_kind"]),
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["area", "kind"]),
        (FunctionTransformer(), make_column_selector(dtype_include="number")),
    )
    model = HistGradientBoostingRegressor(loss="poisson", random_state=0)
    return make_pipeline(FunctionTransformer(derive), columns, model)


class Trial(t.NamedTuple):
    number: int
    params: dict[str, t.Any]
    value: float


class Study:
    """Random search that remembers its trials."""

    def __init__(self, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.trials: list[Trial] = []

    def suggest(self) -> dict[str, t.Any]:
        return {
            "learning_rate": float(10 ** self.rng.uniform(-1.5, -0.7)),
            "max_leaf_nodes": int(self.rng.integers(6, 32)),
            "l2_regularization": float(10 ** self.rng.uniform(-2, 1)),
            "max_iter": int(self.rng.integers(60, 160)),
        }

    def optimize(self, objective: t.Callable[[dict[str, t.Any]], float], n_trials: int) -> None:
        for number in range(n_trials):
            params = self.suggest()
            self.trials.append(Trial(number, params, objective(params)))

    @property
    def best_trial(self) -> Trial:
        return min(self.trials, key=lambda trial: trial.value)


def fitted(params: dict[str, t.Any], rows: pd.DataFrame) -> Pipeline:
    pipe = clone(base())
    pipe.steps[-1][1].set_params(**params)
    return pipe.fit(rows.drop(columns=TARGET), rows[TARGET])


def search(fitting: pd.DataFrame, comparing: pd.DataFrame, n_trials: int = 6) -> dict[str, t.Any]:
    study = Study()
    study.optimize(lambda params: mae(fitted(params, fitting), comparing), n_trials)
    LOG.info("best of %d: %s", n_trials, study.best_trial)
    return study.best_trial.params


def mae(model: Pipeline, rows: pd.DataFrame) -> float:
    return float(mean_absolute_error(rows[TARGET], model.predict(rows.drop(columns=TARGET))))


def cut(rows: pd.DataFrame, *days_before_end: int) -> list[pd.DataFrame]:
    day = pd.to_datetime(rows["date"])
    edges = [pd.Timestamp.min, *(day.max() - pd.Timedelta(days=d) for d in days_before_end), day.max()]
    return [rows[(day > a) & (day <= b)] for a, b in zip(edges[:-1], edges[1:])]


def clean(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns=["sold_out_hour", "returned_units", "replenished_units"], errors="ignore").drop_duplicates().reset_index(drop=True)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    early, middle, last = cut(clean(data), 120, 60)
    params = search(early, middle)
    winner = fitted(params, pd.concat([early, middle]))
    return {"mae": mae(winner, last), "mae_fitted_rows": mae(winner, middle)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = clean(data)
    params = search(*cut(rows, 60))
    joblib.dump(fitted(params, rows), Path(model_dir) / "demand.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "demand.joblib").predict(data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    print(evaluate(pd.read_csv(parser.parse_args().table)))
