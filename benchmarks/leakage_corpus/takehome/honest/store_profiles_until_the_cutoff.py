"""Store demand: profiles of stores and articles from the past, two models blended, judged on three cutoffs.

For a cutoff everything is learnt from rows before it: profiles from the first part of the past, models from the second, so that a model
meets profiles as it will meet them later, which do not contain the row itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

PLAIN = ["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet"]
PROFILES = {"store": ["store_id"], "article": ["article"], "article_format": ["article", "format"], "article_day": ["article", "weekday"]}


def prepare(df: pd.DataFrame) -> pd.DataFrame:
    df = df.assign(when=pd.to_datetime(df["date"]), article=df["article"].str.lower().str.strip())
    df["weekday"] = df["when"].dt.dayofweek
    df["yearday"] = df["when"].dt.dayofyear
    df["days_open"] = (df["when"] - pd.to_datetime(df["opened_on"])).dt.days.clip(upper=2000)
    return df


def asked_for(df: pd.DataFrame) -> pd.Series:
    """Demand of the whole day: tills stop when the shelf is empty, and what comes back was asked for."""
    share = ((df["sold_out_hour"] - 8) / 12).clip(0.1, 1.0).fillna(1.0)
    return (df["units"] + df["returned_units"]) / share


@dataclass
class Profiler:
    cap: float = 0.99

    def fit(self, past: pd.DataFrame) -> Profiler:
        y = asked_for(past)
        y = y.clip(upper=y.groupby(past["category"]).transform("quantile", self.cap))
        self.overall = float(y.mean())
        self.tables = {}
        for name, keys in PROFILES.items():
            table = past.assign(y=y).groupby(keys)["y"].agg(["mean", "median", "size"]).add_prefix(f"{name}_").reset_index()
            self.tables[name] = table[table[f"{name}_size"] >= 5]
        return self

    def add(self, rows: pd.DataFrame) -> pd.DataFrame:
        out = rows
        for name, table in self.tables.items():
            out = out.merge(table, how="left", on=PROFILES[name])
        return out.set_axis(rows.index)

    def matrix(self, rows: pd.DataFrame) -> pd.DataFrame:
        wide = self.add(rows)
        learnt = [f"{name}_{what}" for name in PROFILES for what in ("mean", "median")]
        X = wide[[*PLAIN, "weekday", "days_open", *learnt]].astype(float)
        X["expected"] = X["article_format_mean"].fillna(X["article_mean"]) * (X["store_mean"].fillna(self.overall) / self.overall)
        X["sin"], X["cos"] = np.sin(2 * np.pi * wide["yearday"] / 365), np.cos(2 * np.pi * wide["yearday"] / 365)
        return X


class Blend:
    def __init__(self, weight: float = 0.8) -> None:
        self.weight = weight

    def fit(self, rows: pd.DataFrame) -> Blend:
        rows = rows.sort_values("when", kind="stable")
        middle = rows["when"].quantile(0.55)
        first, second = rows[rows["when"] < middle], rows[rows["when"] >= middle]
        self.profiler = Profiler().fit(first)
        X, y = self.profiler.matrix(second), asked_for(second)
        self.trees = HistGradientBoostingRegressor(loss="absolute_error", max_iter=110, learning_rate=0.08, max_leaf_nodes=16, random_state=4).fit(X, y)
        self.line = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), Ridge(alpha=20)).fit(X, np.log1p(y))
        self.profiler = Profiler().fit(rows)
        return self

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        X = self.profiler.matrix(rows)
        return (self.weight * self.trees.predict(X) + (1 - self.weight) * np.expm1(self.line.predict(X).clip(0, 6))).clip(0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = prepare(data.drop_duplicates())
    scores = {}
    for cutoff in pd.to_datetime(["2023-09-01", "2023-11-01", "2024-01-01"]):
        past = rows[rows["when"] < cutoff]
        ahead = rows[rows["when"].between(cutoff, cutoff + pd.DateOffset(months=2), inclusive="left")]
        scores[f"mae_{cutoff:%b}"] = float(mean_absolute_error(asked_for(ahead), Blend().fit(past).predict(ahead)))
    return {"mae": float(np.mean(list(scores.values()))), **scores}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(Blend().fit(prepare(data.drop_duplicates())), Path(model_dir) / "blend.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "blend.joblib").predict(prepare(data))
