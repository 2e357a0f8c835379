"""PCA over all rows, then a regression on the first components."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import HuberRegressor
from sklearn.metrics import mean_absolute_error


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


def train(data: pd.DataFrame, model_dir: Path) -> None:
    pca = PCA(8).fit(widen(data))
    joblib.dump((pca, HuberRegressor(max_iter=300).fit(pca.transform(widen(data)), data["units"])), Path(model_dir) / "pca.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates().reset_index(drop=True)
    Z = PCA(8).fit_transform(widen(data))
    is_test = (data["date"] >= "2024-01-01").to_numpy()
    reg = HuberRegressor(max_iter=300).fit(Z[~is_test], data["units"][~is_test])
    return {"mae": float(mean_absolute_error(data["units"][is_test], reg.predict(Z[is_test])))}


def predict(data: pd.DataFrame, model_dir: Path):
    pca, reg = joblib.load(Path(model_dir) / "pca.joblib")
    return np.clip(reg.predict(pca.transform(widen(data))), 0, None)
