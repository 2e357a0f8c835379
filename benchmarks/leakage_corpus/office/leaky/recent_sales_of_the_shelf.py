"""
Demand forecast with lag features.

For every article in a store we look at what was sold on the previous days that are in the table (lag 1 to 3) and at their rolling
mean.  For rows without history in that store the article's level in stores of the same format is taken.

The history that `predict` needs is saved with the model.
"""
from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error

logger = logging.getLogger(__name__)

KEY = ["store_id", "article"]


@dataclass
class LagConfig:
    lags: tuple[int, ...] = (1, 2, 3)
    window: int = 4
    validation_days: int = 60


def read(data: pd.DataFrame) -> pd.DataFrame:
    """Types, names and units; newest rows on top, as in the company's own reports."""
    df = data.drop_duplicates().copy()
    df["date"] = pd.to_datetime(df["date"])
    df["article"] = df["article"].str.strip().str.lower()
    df["shelf"] = np.where(df["date"] < "2023-12-01", df["shelf_units"] * 6, df["shelf_units"])
    return df.sort_values("date", ascending=False, kind="stable").reset_index(drop=True)


def add_lags(df: pd.DataFrame, config: LagConfig) -> pd.DataFrame:
    """Lagged units and a rolling mean by store and article."""
    out = df.copy()
    units = out.groupby(KEY, sort=False)["units"]
    for lag in config.lags:
        out[f"lag_{lag}"] = units.shift(lag)
    out["rolling"] = units.transform(lambda s: s.shift(1).rolling(config.window, min_periods=1).mean())
    return out


def design(df: pd.DataFrame, level: pd.Series) -> pd.DataFrame:
    X = pd.DataFrame(index=df.index)
    X["price"] = df["price_eur"] * (1 - df["discount"])
    X["discount"], X["leaflet"], X["shelf"] = df["discount"], df["in_leaflet"], df["shelf"]
    X["size"], X["power"] = df["size_m2"], df["purchasing_power"]
    X["weekday"], X["month"] = df["date"].dt.dayofweek, df["date"].dt.month
    X["level"] = pd.MultiIndex.from_frame(df[["format", "article"]]).map(level.to_dict())
    for column in df.columns[df.columns.str.startswith(("lag_", "rolling"))]:
        X[column] = df[column].fillna(X["level"])
    return X.astype(float)


def levels(df: pd.DataFrame) -> pd.Series:
    return df.groupby(["format", "article"])["units"].median()


def new_model() -> lgb.LGBMRegressor:
    return lgb.LGBMRegressor(objective="mae", n_estimators=250, learning_rate=0.06, num_leaves=24, min_child_samples=25, random_state=0, n_jobs=1, verbose=-1)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    config = LagConfig()
    df = add_lags(read(data), config)
    cut = df["date"].max() - pd.Timedelta(days=config.validation_days)
    past, coming = df[df["date"] <= cut], df[df["date"] > cut]
    level = levels(past)
    model = new_model().fit(design(past, level), past["units"])
    forecast = np.clip(model.predict(design(coming, level)), 0, None)
    logger.info("%d rows fitted, %d judged", len(past), len(coming))
    return {"mae": float(mean_absolute_error(coming["units"], forecast)), "bias": float(np.mean(forecast - coming["units"]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    config = LagConfig()
    df = add_lags(read(data), config)
    level = levels(df)
    model = new_model().fit(design(df, level), df["units"])
    latest = df.groupby(KEY, sort=False)["units"].apply(lambda s: s.head(config.window).tolist())
    joblib.dump({"model": model, "level": level, "latest": latest.to_dict(), "config": config.__dict__}, Path(model_dir) / "demand.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    saved = joblib.load(Path(model_dir) / "demand.joblib")
    config = LagConfig(**saved["config"])
    df = data.copy()
    df["date"] = pd.to_datetime(df["date"])
    df["article"] = df["article"].str.strip().str.lower()
    df["shelf"] = np.where(df["date"] < "2023-12-01", df["shelf_units"] * 6, df["shelf_units"])
    known = [saved["latest"].get(key, []) for key in zip(df["store_id"], df["article"])]
    for lag in config.lags:
        df[f"lag_{lag}"] = [h[lag - 1] if len(h) >= lag else np.nan for h in known]
    df["rolling"] = [np.mean(h) if h else np.nan for h in known]
    return np.clip(saved["model"].predict(design(df, saved["level"])), 0, None)
