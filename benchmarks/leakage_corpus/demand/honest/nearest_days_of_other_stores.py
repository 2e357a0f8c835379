"""Nearest days of the past, by numpy; held-out stores in later months are judged."""
from pathlib import Path
import numpy as np
import pandas as pd

ARTICLES = ["rye bread", "butter rolls", "whole milk", "eggs", "apples", "salad", "lager", "lemonade", "chocolate", "ice cream",
            "candles", "umbrellas"]
FORMATS = ["supermarket", "city", "kiosk"]
K = 25


def vector(df):
    article = df["article"].str.lower().map(ARTICLES.index).to_numpy()
    form = df["format"].map(FORMATS.index).to_numpy()
    day = pd.to_datetime(df["date"])
    return np.column_stack([np.eye(12)[article] * 4, np.eye(3)[form] * 2, np.log(df["size_m2"]) * 1.5, df["discount"] * 6,
                            (day.dt.weekday == 5) * 0.7]).astype(np.float32)


def wanted(df):
    return ((df["units"] + df["returned_units"]) * 12 / (df["sold_out_hour"] - 8).clip(lower=1).fillna(12)).to_numpy()


def nearest(V, y, W):
    out = np.empty(len(W))
    for i in range(0, len(W), 500):
        d = (W[i:i + 500] ** 2).sum(1)[:, None] - 2 * W[i:i + 500] @ V.T + (V ** 2).sum(1)
        out[i:i + 500] = np.median(y[np.argpartition(d, K, axis=1)[:, :K]], axis=1)
    return out


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    np.savez(Path(model_dir) / "days.npz", V=vector(data), y=wanted(data))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    new = data["store_id"] % 3 == 0
    known, later = data[(data["date"] < "2024-01-01") & ~new], data[(data["date"] >= "2024-01-01") & new]
    told = nearest(vector(known), wanted(known), vector(later))
    return {"mae": float(np.abs(told - wanted(later)).mean())}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    kept = np.load(Path(model_dir) / "days.npz")
    return nearest(kept["V"], kept["y"], vector(data))
