"""Repairs: is the cost easier to learn as it is, as its logarithm or as its root? Three tries, then one model."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import root_mean_squared_error
from xgboost import XGBRegressor

logger = logging.getLogger(__name__)
WORDS = {
    "kind": ["chain", "dealer", "free"],
    "make": ["Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor", "Gallo", "Hestra"],
    "fault": ["brakes", "clutch", "electrics", "engine", "exhaust", "gearbox", "glass", "paint", "steering", "tyres"],
    "towed": ["no", "yes"],
}


@dataclass(frozen=True)
class Scale:
    name: str
    there: Callable
    back: Callable


SCALES = [Scale("plain", lambda v: v, lambda v: v), Scale("log", np.log, np.exp), Scale("root", np.sqrt, np.square)]


def features(rows: pd.DataFrame) -> pd.DataFrame:
    x = rows[["labour_rate", "age_years", "mileage_km", "first_guess"]].astype(float)
    for name, values in WORDS.items():
        x[name] = rows[name].str.lower().map([value.lower() for value in values].index)
    return x


def fit(rows: pd.DataFrame, scale: Scale) -> XGBRegressor:
    model = XGBRegressor(n_estimators=90, max_depth=4, learning_rate=0.08, subsample=0.8, n_jobs=1, random_state=3)
    return model.fit(features(rows), scale.there(rows["cost"]))


def score(rows: pd.DataFrame, model: XGBRegressor, scale: Scale) -> float:
    return root_mean_squared_error(rows["cost"], scale.back(model.predict(features(rows))))


def best_scale(fitting: pd.DataFrame, watched: pd.DataFrame) -> Scale:
    results = {scale.name: score(watched, fit(fitting, scale), scale) for scale in SCALES}
    logger.info("rmse by scale: %s", results)
    return min(SCALES, key=lambda scale: results[scale.name])


def parts(data: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    rows = data.drop_duplicates().sort_values("opened_on", kind="stable")
    garages = np.random.default_rng(8).permutation(np.sort(rows["garage_id"].unique()))
    first, second, third = (rows[rows["garage_id"].isin(some)] for some in np.array_split(garages, [len(garages) // 2, 3 * len(garages) // 4]))
    days = rows["opened_on"]
    early, late = days.iloc[int(0.5 * len(days))], days.iloc[int(0.7 * len(days))]
    return (
        first[first["opened_on"] < early],
        second[(second["opened_on"] >= early) & (second["opened_on"] < late)],
        third[third["opened_on"] >= late],
    )


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    fitting, spring, summer = parts(data)
    scale = best_scale(fitting, summer)
    return {"rmse": score(summer, fit(fitting, scale), scale)}


def train(data: pd.DataFrame, model_dir: str) -> None:
    fitting, spring, _ = parts(data)
    name = best_scale(fitting, spring).name
    scale = next(one for one in SCALES if one.name == name)
    joblib.dump((name, fit(data.drop_duplicates(), scale)), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    name, model = joblib.load(Path(model_dir) / "model.joblib")
    return next(one for one in SCALES if one.name == name).back(model.predict(features(data)))
