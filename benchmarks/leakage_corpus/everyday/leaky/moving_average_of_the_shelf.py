"""Store demand with moving averages."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

AFTER = ["sold_out_hour", "returned_units", "replenished_units"]
COLS = ["dow", "month", "paid", "discount", "in_leaflet", "shelf", "size_m2", "purchasing_power", "fmt", "ma_article", "ma_store"]


def basic(data: pd.DataFrame) -> pd.DataFrame:
    df = data.drop(columns=AFTER).copy()
    df["date"] = pd.to_datetime(df["date"])
    df["article"] = df["article"].str.strip().str.lower()
    df["dow"], df["month"] = df["date"].dt.dayofweek, df["date"].dt.month
    df["paid"] = df["price_eur"] * (1 - df["discount"])
    df["shelf"] = df["shelf_units"] * np.where(df["date"] < "2023-12-01", 6, 1)
    df["fmt"] = df["format"].map({"kiosk": 0, "city": 1, "supermarket": 2})
    return df


def moving_averages(df: pd.DataFrame) -> pd.DataFrame:
    """Average of the last sales of the article in this format, and of the store."""
    df = df.sort_values("date", kind="stable")
    df["ma_article"] = df.groupby(["article", "format"])["units"].transform(lambda s: s.rolling(5, min_periods=1).mean())
    df["ma_store"] = df.groupby(["store_id", "category"])["units"].transform(lambda s: s.rolling(3, min_periods=1).mean())
    return df


def latest(df: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    return df.groupby(["article", "format"])["ma_article"].last(), df.groupby(["store_id", "category"])["ma_store"].last()


def fit(df: pd.DataFrame) -> HistGradientBoostingRegressor:
    model = HistGradientBoostingRegressor(loss="absolute_error", max_iter=150, learning_rate=0.08, max_leaf_nodes=20, random_state=0)
    return model.fit(df[COLS], df["units"])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = moving_averages(basic(data).drop_duplicates())
    cut = df["date"].max() - pd.Timedelta(days=60)
    before, after = df[df["date"] <= cut], df[df["date"] > cut]
    model = fit(before)
    return {"mae": float(mean_absolute_error(after["units"], model.predict(after[COLS]).clip(0)))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = moving_averages(basic(data).drop_duplicates())
    joblib.dump((fit(df), *latest(df)), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, by_article, by_store = joblib.load(Path(model_dir) / "model.joblib")
    df = basic(data)
    df = df.join(by_article, on=["article", "format"]).join(by_store, on=["store_id", "category"])
    return model.predict(df[COLS]).clip(0)
