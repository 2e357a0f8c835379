"""Units asked for, with price positions.

What counts for demand is less the price than the price compared with what else is there: the same article elsewhere, other articles
of its category.  `MarketView` adds these comparisons; everything else is the usual calendar and store columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error, mean_pinball_loss
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

CATEGORICAL = ["region", "area", "format", "category", "article"]


@dataclass(frozen=True)
class Options:
    backtest_days: int = 61
    backtests: int = 2
    max_iter: int = 220
    learning_rate: float = 0.08
    leaves: int = 25


def calendar(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["date"])
    return rows.assign(
        weekday=day.dt.dayofweek,
        day_of_year=day.dt.dayofyear,
        store_age=(day - pd.to_datetime(rows["opened_on"])).dt.days,
        article=rows["article"].str.lower().str.strip(),
        shelf=rows["shelf_units"].where(rows["date"] >= "2023-12-01", rows["shelf_units"] * 6),
        net_price=rows["price_eur"] * (1 - rows["discount"]),
    )


class MarketView:
    """Where a price stands."""

    @staticmethod
    def add(rows: pd.DataFrame) -> pd.DataFrame:
        by_article = rows.groupby("article")["net_price"]
        by_store = rows.groupby(["store_id", "category"])["net_price"]
        return rows.assign(
            dearer_than_usual=rows["net_price"] / by_article.transform("median"),
            position=by_article.rank(pct=True),
            within_store=rows["net_price"] - by_store.transform("mean"),
        )


def select(rows: pd.DataFrame) -> pd.DataFrame:
    numbers = ["weekday", "day_of_year", "store_age", "shelf", "net_price", "discount", "in_leaflet", "size_m2", "purchasing_power", "dearer_than_usual", "position", "within_store"]
    return pd.concat([rows[numbers].astype(float), rows[CATEGORICAL].astype("category")], axis=1)


def make_model(options: Options) -> Pipeline:
    booster = HistGradientBoostingRegressor(
        loss="absolute_error", max_iter=options.max_iter, learning_rate=options.learning_rate, max_leaf_nodes=options.leaves, categorical_features="from_dtype", random_state=3
    )
    target = TransformedTargetRegressor(booster, func=np.log1p, inverse_func=np.expm1)
    steps = [("calendar", FunctionTransformer(calendar)), ("market", FunctionTransformer(MarketView.add)), ("select", FunctionTransformer(select)), ("model", target)]
    return Pipeline(steps)


def tills(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns=["sold_out_hour", "returned_units", "replenished_units"]).drop_duplicates().reset_index(drop=True)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    """Rolling origin: fitted on all days before a cut, judged on the two months after it."""
    options, rows = Options(), tills(data)
    day = pd.to_datetime(rows["date"])
    errors, pinball = [], []
    for back in range(options.backtests, 0, -1):
        cut = day.max() - pd.Timedelta(days=back * options.backtest_days)
        before = rows[day <= cut]
        after = rows[(day > cut) & (day <= cut + pd.Timedelta(days=options.backtest_days))]
        model = make_model(options).fit(before.drop(columns="units"), before["units"])
        forecast = model.predict(after.drop(columns="units"))
        errors.append(mean_absolute_error(after["units"], forecast))
        pinball.append(mean_pinball_loss(after["units"], forecast, alpha=0.8))
    return {"mae": float(np.mean(errors)), "pinball_80": float(np.mean(pinball))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = tills(data)
    joblib.dump(make_model(Options()).fit(rows.drop(columns="units"), rows["units"]), Path(model_dir) / "demand.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return np.maximum(joblib.load(Path(model_dir) / "demand.joblib").predict(data), 0)
