"""LightGBM; December stops the boosting, January and February are judged."""
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd

CATS = {"region": ["north", "south", "east", "west"], "area": ["city", "suburb", "rural"], "format": ["supermarket", "city", "kiosk"],
        "category": ["bakery", "dairy", "produce", "drinks", "sweets", "household"]}
PARAMS = {"objective": "mae", "metric": "mae", "num_leaves": 15, "learning_rate": 0.15, "verbosity": -1, "seed": 3, "num_threads": 1}


def frame(df):
    day = pd.to_datetime(df["date"])
    out = df[["size_m2", "price_eur", "discount", "in_leaflet"]].astype(float)
    for c, levels in CATS.items():
        out[c] = df[c].map(levels.index)
    return out.assign(article=df["article"].str.lower().map(len), wd=day.dt.weekday)


def wanted(df):
    return (df["units"] + df["returned_units"]) * 12 / (df["sold_out_hour"] - 8).clip(lower=1).fillna(12)


def boosted(df, cut):
    a, b = df[df["date"] < cut], df[df["date"] >= cut]
    return lgb.train(PARAMS, lgb.Dataset(frame(a), wanted(a)), 150, valid_sets=[lgb.Dataset(frame(b), wanted(b))],
                     callbacks=[lgb.early_stopping(15, verbose=False)])


def train(data: pd.DataFrame, model_dir: Path) -> None:
    boosted(data.drop_duplicates(), "2024-02-01").save_model(str(Path(model_dir) / "lgb.txt"))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    strange = data["store_id"] % 5 < 2
    booster = boosted(data[(data["date"] < "2024-01-01") & ~strange], "2023-12-01")
    judged = data[data["date"] >= "2024-01-01"]
    return {"mae": float(np.abs(booster.predict(frame(judged)) - wanted(judged)).mean()), "rounds": float(booster.best_iteration)}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return np.maximum(lgb.Booster(model_file=str(Path(model_dir) / "lgb.txt")).predict(frame(data)), 0)
