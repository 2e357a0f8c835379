"""PCA inside a pipeline, a Huber regression behind it."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import HuberRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline


def widen(df):
    d = pd.to_datetime(df["date"])
    wide = pd.DataFrame({"size": df["size_m2"] / 500, "price": df["price_eur"], "off": df["discount"] * 10, "leaf": df["in_leaflet"],
                         "sat": d.dt.dayofweek.eq(5) * 1.0, "summer": d.dt.month.isin([6, 7, 8]) * 1.0,
                         "power": df["purchasing_power"].fillna(100) / 20}, dtype=float)
    for c in ["bakery", "dairy", "produce", "drinks", "sweets", "household"]:
        wide[c] = df["category"].eq(c) * 2.0
    for f in ["supermarket", "city", "kiosk"]:
        wide[f] = df["format"].eq(f) * 2.0
    return wide


def wanted(df):
    return (df["units"] + df["returned_units"]) * 12 / (df["sold_out_hour"] - 8).clip(lower=1).fillna(12)


def model():
    return make_pipeline(PCA(12, random_state=0), HuberRegressor(max_iter=300))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    joblib.dump(model().fit(widen(data), wanted(data)), Path(model_dir) / "pca.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates().reset_index(drop=True)
    after, strange = data["date"] >= "2024-01-01", data["store_id"] % 3 == 1
    fit, test = data[~after & ~strange], data[after]
    return {"mae": float(mean_absolute_error(wanted(test), model().fit(widen(fit), wanted(fit)).predict(widen(test))))}


def predict(data: pd.DataFrame, model_dir: Path):
    return np.clip(joblib.load(Path(model_dir) / "pca.joblib").predict(widen(data)), 0, None)
