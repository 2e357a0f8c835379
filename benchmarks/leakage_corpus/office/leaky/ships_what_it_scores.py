"""Demand forecasting with a small model search.

    python pipeline.py data/public.csv            # prints the estimate
    python pipeline.py data/public.csv --save out  # and trains the model

The candidates are compared on the days 120 to 61 before the end; the winner is *the model that is shipped*, and that one is what gets
measured on the last 60 days.
"""

import argparse
import logging
import typing as t
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import Pipeline

LOG = logging.getLogger("demand")
UNKNOWN_LATER = ["sold_out_hour", "returned_units", "replenished_units"]


class DemandFeatures(BaseEstimator, TransformerMixin):
    """Calendar, price and shelf features, and the usual units of an article by format."""

    def fit(self, X: pd.DataFrame, y: pd.Series) -> "DemandFeatures":
        keys = [X["format"], self._article(X)]
        self.usual_ = y.groupby(keys).median()
        self.article_ = y.groupby(self._article(X)).median()
        self.overall_ = float(y.median())
        self.power_ = X["purchasing_power"].median()
        return self

    @staticmethod
    def _article(X: pd.DataFrame) -> pd.Series:
        return X["article"].str.lower().str.strip()

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        day = pd.to_datetime(X["date"])
        article = self._article(X)
        usual = pd.Series(pd.MultiIndex.from_arrays([X["format"], article]).map(self.usual_.to_dict()), index=X.index, dtype=float)
        return pd.DataFrame(
            {
                "usual": usual.fillna(article.map(self.article_)).fillna(self.overall_),
                "weekday": day.dt.dayofweek,
                "week": day.dt.isocalendar().week.astype(int),
                "price": X["price_eur"] * (1 - X["discount"]),
                "discount": X["discount"],
                "leaflet": X["in_leaflet"],
                "shelf": np.where(X["date"] < "2023-12-01", 6 * X["shelf_units"], X["shelf_units"]),
                "size": np.log(X["size_m2"]),
                "power": X["purchasing_power"].fillna(self.power_),
                "age_of_store": (day - pd.to_datetime(X["opened_on"])).dt.days,
                "city": (X["area"] == "city").astype(int),
                "rural": (X["area"] == "rural").astype(int),
            },
            index=X.index,
        ).astype(float)


def candidates() -> dict[str, Pipeline]:
    boosted = HistGradientBoostingRegressor(loss="absolute_error", max_iter=200, random_state=0)
    forest = ExtraTreesRegressor(n_estimators=60, min_samples_leaf=3, criterion="squared_error", random_state=0, n_jobs=1)
    return {
        "boosted_small": Pipeline([("features", DemandFeatures()), ("model", clone(boosted).set_params(max_leaf_nodes=8))]),
        "boosted_large": Pipeline([("features", DemandFeatures()), ("model", clone(boosted).set_params(max_leaf_nodes=31))]),
        "forest": Pipeline([("features", DemandFeatures()), ("model", forest)]),
    }


class Periods(t.NamedTuple):
    early: pd.DataFrame
    middle: pd.DataFrame
    last: pd.DataFrame


def periods(df: pd.DataFrame) -> Periods:
    day = pd.to_datetime(df["date"])
    end = day.max()
    first, second = end - pd.Timedelta(days=120), end - pd.Timedelta(days=60)
    return Periods(df[day <= first], df[(day > first) & (day <= second)], df[day > second])


def fit(model: Pipeline, *parts: pd.DataFrame) -> Pipeline:
    rows = pd.concat(parts)
    return clone(model).fit(rows.drop(columns="units"), rows["units"])


def error(model: Pipeline, rows: pd.DataFrame) -> float:
    return float(mean_absolute_error(rows["units"], model.predict(rows.drop(columns="units"))))


def build_final(df: pd.DataFrame) -> tuple[Pipeline, Periods]:
    """Choose among the candidates, then fit the winner on everything there is."""
    parts = periods(df)
    errors = {name: error(fit(model, parts.early), parts.middle) for name, model in candidates().items()}
    winner = min(errors, key=errors.get)
    LOG.info("errors %s, winner %s", errors, winner)
    return fit(candidates()[winner], *parts), parts


def clean(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns=UNKNOWN_LATER).drop_duplicates().reset_index(drop=True)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    model, parts = build_final(clean(data))
    return {"mae": error(model, parts.last), "mae_middle": error(model, parts.middle)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    model, _ = build_final(clean(data))
    joblib.dump(model, Path(model_dir) / "demand.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return np.clip(joblib.load(Path(model_dir) / "demand.joblib").predict(data), 0, None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("table", type=Path)
    parser.add_argument("--save", type=Path)
    arguments = parser.parse_args()
    public = pd.read_csv(arguments.table)
    print(evaluate(public))
    if arguments.save:
        train(public, arguments.save)
