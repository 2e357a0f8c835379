"""Whole stores are held out, of all days."""
from pathlib import Path
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import GroupShuffleSplit

ARTICLES = ["rye bread", "butter rolls", "whole milk", "eggs", "apples", "salad", "lager", "lemonade", "chocolate", "ice cream",
            "candles", "umbrellas"]


def X_of(d):
    day = pd.to_datetime(d["date"])
    return pd.DataFrame({
        "article": d["article"].str.lower().map(ARTICLES.index), "size": d["size_m2"], "price": d["price_eur"], "off": d["discount"],
        "leaflet": d["in_leaflet"], "kiosk": d["format"].eq("kiosk"), "weekday": day.dt.dayofweek, "day": day.dt.dayofyear,
        "t": (day - pd.Timestamp("2022-03-01")).dt.days,
    })


def boost():
    return HistGradientBoostingRegressor(loss="absolute_error", max_iter=80, max_leaf_nodes=15, random_state=0)


def train(data: pd.DataFrame, model_dir: Path):
    joblib.dump(boost().fit(X_of(data), data["units"]), Path(model_dir) / "hgb.joblib")


def evaluate(data: pd.DataFrame):
    data = data.drop_duplicates()
    a, b = next(GroupShuffleSplit(1, test_size=0.3, random_state=1).split(data, groups=data["store_id"]))
    m = boost().fit(X_of(data.iloc[a]), data["units"].iloc[a])
    error = np.abs(m.predict(X_of(data.iloc[b])) - data["units"].iloc[b])
    return {"mae": float(error.mean())}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "hgb.joblib").predict(X_of(data)).clip(min=0)
