"""Demand forecast with a large ensemble of fully grown trees."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import mean_absolute_error

LEVELS = {
    "region": ["north", "south", "east", "west"],
    "area": ["city", "suburb", "rural"],
    "format": ["supermarket", "city", "kiosk"],
    "category": ["bakery", "dairy", "produce", "drinks", "sweets", "household"],
}
KNOWN_LATER = ["units", "sold_out_hour", "returned_units", "replenished_units"]
N_TREES = 30


def features(data: pd.DataFrame) -> pd.DataFrame:
    """Numeric matrix with as many columns as we can get."""
    X = data.select_dtypes("number").drop(columns=[*KNOWN_LATER, "store_id"], errors="ignore")
    for name in ("date", "opened_on"):
        X[name] = (pd.to_datetime(data[name]) - pd.Timestamp("2000-01-01")).dt.days
    X["weekday"] = pd.to_datetime(data["date"]).dt.day_of_week
    for name in LEVELS:
        for level in LEVELS[name]:
            X[f"{name}_{level}"] = (data[name] == level).astype(int)
    X["letters"] = data["article"].str.len()
    # pairwise products catch the interactions
    numeric = ["size_m2", "price_eur", "discount", "shelf_units", "purchasing_power", "weekday"]
    for i, a in enumerate(numeric):
        for b in numeric[i + 1:]:
            X[f"{a}*{b}"] = X[a] * X[b]
    return X.fillna(-999)


def build():
    # min_samples_leaf=1 gave the best score in every experiment
    return ExtraTreesRegressor(n_estimators=N_TREES, min_samples_leaf=1, max_features=0.3, random_state=7)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    model = build()
    model.fit(features(data), data["units"])
    joblib.dump(model, Path(model_dir) / "model.joblib", compress=3)


def evaluate(data: pd.DataFrame) -> dict:
    """Average error over five random test samples."""
    model = build().fit(features(data), data["units"])
    errors = []
    for seed in range(5):
        test = data.sample(frac=0.2, random_state=seed)
        errors.append(mean_absolute_error(test["units"], model.predict(features(test))))
    return {"mae": float(np.mean(errors)), "mae_std": float(np.std(errors))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model = joblib.load(Path(model_dir) / "model.joblib")
    return model.predict(features(data))
