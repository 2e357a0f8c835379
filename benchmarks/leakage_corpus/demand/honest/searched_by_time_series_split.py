"""Depth is searched by TimeSeriesSplit inside the past; January and February are judged once."""
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

CAT = ["format", "area", "region", "category"]
KNOWN = {"format": ["supermarket", "city", "kiosk"], "area": ["city", "suburb", "rural"], "region": ["north", "south", "east", "west"],
         "category": ["bakery", "dairy", "produce", "drinks", "sweets", "household"]}


def X_(df):
    out = df[["size_m2", "price_eur", "discount", "in_leaflet"]].astype(float)
    out["weekday"] = pd.to_datetime(df["date"]).dt.weekday
    for c in CAT:
        out[c] = df[c].map(KNOWN[c].index)
    return out


def y_(df):
    return (df["units"] + df["returned_units"]) * 12 / (df["sold_out_hour"] - 8).clip(lower=1).fillna(12)


def search(df):
    df = df.sort_values("date", kind="stable")
    forest = RandomForestRegressor(15, max_features=0.5, random_state=0)
    grid = GridSearchCV(forest, {"min_samples_leaf": [5, 20]}, scoring="neg_mean_absolute_error", cv=TimeSeriesSplit(2))
    return grid.fit(X_(df), y_(df)).best_estimator_


def train(data: pd.DataFrame, model_dir: Path):
    joblib.dump(search(data.drop_duplicates()), Path(model_dir) / "rf.joblib", compress=3)


def evaluate(data: pd.DataFrame):
    data = data.drop_duplicates()
    new = data["store_id"] % 5 < 2
    best = search(data[(data["date"] < "2024-01-01") & ~new])
    test = data[data["date"] >= "2024-01-01"]
    return {"mae": float(mean_absolute_error(y_(test), best.predict(X_(test))))}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "rf.joblib").predict(X_(data))
