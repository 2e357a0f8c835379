"""Demand: XGBoost on absolute error, walk-forward windows of scikit-learn over rows in order of their days.

Rows are put in order of the day once; TimeSeriesSplit leaves a gap of a week's rows between fitting and judging.
"""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit

logging.basicConfig(level=logging.INFO, format="%(message)s")
CATEGORIES = {
    "region": ["north", "south", "east", "west"],
    "area": ["city", "suburb", "rural"],
    "format": ["supermarket", "city", "kiosk"],
    "category": ["bakery", "produce", "dairy", "drinks", "household", "sweets"],
}
PARAMS = {
    "objective": "reg:absoluteerror",
    "eta": 0.1,
    "max_depth": 5,
    "min_child_weight": 10,
    "subsample": 0.8,
    "nthread": 1,
    "seed": 9,
}
ROUNDS = 140


def load(data: pd.DataFrame) -> pd.DataFrame:
    rows = data.drop_duplicates().copy()
    rows["day"] = pd.to_datetime(rows["date"])
    rows["article"] = rows["article"].str.strip().str.lower()
    rows.sort_values(["day", "store_id", "article"], ignore_index=True)
    return rows


def build_features(rows: pd.DataFrame, articles: list[str]) -> pd.DataFrame:
    day = pd.to_datetime(rows["date"])
    X = rows[["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet"]].astype(float)
    X["weekday"] = day.dt.weekday
    X["sin"], X["cos"] = np.sin(day.dt.dayofyear * 2 * np.pi / 365), np.cos(day.dt.dayofyear * 2 * np.pi / 365)
    X["store_age"] = (day - pd.to_datetime(rows["opened_on"])).dt.days
    X["payday"] = day.dt.day.isin([1, 2, 25, 26, 27, 28]).astype(float)
    for column, levels in CATEGORIES.items():
        X[column] = pd.Categorical(rows[column], levels).codes
    name = rows["article"].str.strip().str.lower()
    for article in articles:
        X[f"article {article}"] = (name == article).astype(float)
    return X


def fit_booster(rows: pd.DataFrame) -> tuple[xgb.Booster, list[str]]:
    articles = sorted(rows["article"].unique())
    matrix = xgb.DMatrix(build_features(rows, articles), label=rows["units"])
    return xgb.train(PARAMS, matrix, num_boost_round=ROUNDS), articles


def forecast(booster: xgb.Booster, articles: list[str], rows: pd.DataFrame) -> np.ndarray:
    return np.maximum(booster.predict(xgb.DMatrix(build_features(rows, articles))), 0.0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = load(data)
    errors = []
    for fit, judge in TimeSeriesSplit(n_splits=4, gap=len(rows) // 100).split(rows):
        before, after = rows.iloc[fit], rows.iloc[judge]
        error = mean_absolute_error(after["units"], forecast(*fit_booster(before), after))
        logging.info("%d rows before, %d after, mae %.3f", len(before), len(after), error)
        errors.append(error)
    return {"mae": float(np.mean(errors)), "mae_last": float(errors[-1])}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    booster, articles = fit_booster(load(data))
    booster.set_attr(articles="|".join(articles))
    booster.save_model(Path(model_dir) / "demand.ubj")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    booster = xgb.Booster(model_file=Path(model_dir) / "demand.ubj")
    return forecast(booster, booster.attr("articles").split("|"), data)
