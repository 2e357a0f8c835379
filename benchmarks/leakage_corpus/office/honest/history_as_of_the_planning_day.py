"""
Demand forecast: features from a shelf's history as it is known on the planning day.

A forecast is made two months ahead, so history features of a training row are of days at least 61 days before it.  `HistoryBuilder` is
given the past and the rows separately; in `evaluate` the past ends at the cut.
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

HORIZON = pd.Timedelta(days=61)
DROP = ["sold_out_hour", "returned_units", "replenished_units"]


def read(data: pd.DataFrame) -> pd.DataFrame:
    df = data.drop(columns=DROP).drop_duplicates().copy()
    df["date"] = pd.to_datetime(df["date"])
    df["article"] = df["article"].str.strip().str.lower()
    df["shelf"] = np.where(df["date"] < "2023-12-01", df["shelf_units"] * 6, df["shelf_units"])
    return df.sort_values("date", kind="stable").reset_index(drop=True)


@dataclass
class HistoryBuilder:
    """Expanding means of units, as of HORIZON before each row."""

    past: pd.DataFrame

    def _asof(self, rows: pd.DataFrame, keys: list[str], name: str) -> pd.Series:
        history = self.past.sort_values("date", kind="stable")
        grouped = history.groupby(keys)["units"]
        history = history[[*keys, "date"]].assign(
            **{name: grouped.cumsum() / (grouped.cumcount() + 1)}, known_on=history["date"] + HORIZON
        )
        wanted = rows[[*keys, "date"]].assign(_row=np.arange(len(rows))).sort_values("date", kind="stable")
        merged = pd.merge_asof(wanted, history.drop(columns="date").sort_values("known_on", kind="stable"), left_on="date", right_on="known_on", by=keys)
        return merged.sort_values("_row")[name].set_axis(rows.index)

    def add(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(
            mean_shelf=self._asof(rows, ["store_id", "article"], "mean_shelf"),
            mean_store=self._asof(rows, ["store_id"], "mean_store"),
            mean_article=self._asof(rows, ["format", "article"], "mean_article"),
        )


def design(rows: pd.DataFrame) -> pd.DataFrame:
    X = rows[["mean_shelf", "mean_store", "mean_article", "shelf", "discount", "in_leaflet", "size_m2", "purchasing_power"]].astype(float)
    X["net_price"] = rows["price_eur"] * (1 - rows["discount"])
    X["weekday"], X["day_of_year"] = rows["date"].dt.dayofweek, rows["date"].dt.dayofyear
    X["city"], X["rural"] = (rows["area"] == "city").astype(int), (rows["area"] == "rural").astype(int)
    return X


def fit(past: pd.DataFrame) -> lgb.LGBMRegressor:
    X = design(HistoryBuilder(past).add(past))
    return lgb.LGBMRegressor(objective="mae", n_estimators=220, learning_rate=0.07, num_leaves=20, random_state=0, n_jobs=1, verbose=-1).fit(X, past["units"])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    df = read(data)
    errors = []
    for months_back in (2, 1):
        cut = df["date"].max() - months_back * HORIZON
        past, coming = df[df["date"] <= cut], df[(df["date"] > cut) & (df["date"] <= cut + HORIZON)]
        forecast = fit(past).predict(design(HistoryBuilder(past).add(coming))).clip(0)
        errors.append(mean_absolute_error(coming["units"], forecast))
        logger.info("cut %s: %.2f", cut.date(), errors[-1])
    return {"mae": float(np.mean(errors)), "mae_last": float(errors[-1])}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    df = read(data)
    joblib.dump({"model": fit(df), "past": df[["store_id", "article", "format", "date", "units"]]}, Path(model_dir) / "demand.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    saved = joblib.load(Path(model_dir) / "demand.joblib")
    rows = data.drop(columns=DROP).copy()
    rows["date"] = pd.to_datetime(rows["date"])
    rows["article"] = rows["article"].str.strip().str.lower()
    rows["shelf"] = np.where(rows["date"] < "2023-12-01", rows["shelf_units"] * 6, rows["shelf_units"])
    return saved["model"].predict(design(HistoryBuilder(saved["past"]).add(rows))).clip(0)
