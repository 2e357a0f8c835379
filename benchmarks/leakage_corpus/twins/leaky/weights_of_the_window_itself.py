"""Demand: trees, a Poisson line and medians by article, mixed with weights that are not negative (scipy's nnls).

Windows of two months follow each other.  Models are fitted on the days before a window and mixed in it.
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy.optimize import nnls
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

EDGES = ["2023-07-01", "2023-09-01", "2023-11-01", "2024-01-01", "2024-03-01"]
NUMBERS = ["size_m2", "price_eur", "discount", "in_leaflet", "power", "age_of_store", "week"]
WORDS = ["article", "format", "area", "region", "weekday"]


def tidy(df):
    day = pd.to_datetime(df["date"])
    return pd.DataFrame(
        {
            "article": df["article"].str.strip().str.lower(),
            "format": df["format"],
            "area": df["area"],
            "region": df["region"],
            "weekday": day.dt.day_name(),
            "week": day.dt.isocalendar().week.astype(int),
            "size_m2": np.log(df["size_m2"]),
            "price_eur": df["price_eur"],
            "discount": df["discount"],
            "in_leaflet": df["in_leaflet"],
            "power": df["purchasing_power"].fillna(100.0),
            "age_of_store": (day - pd.to_datetime(df["opened_on"])).dt.days,
        },
        index=df.index,
    )


def columns():
    return make_column_transformer((StandardScaler(), NUMBERS), (OneHotEncoder(handle_unknown="ignore"), WORDS))


class Medians:
    """The median by article and format; the article's where the pair is new."""

    def fit(self, X, y):
        self.pair = y.groupby([X["article"], X["format"]]).median()
        self.single = y.groupby(X["article"]).median()
        self.any = y.median()
        return self

    def predict(self, X):
        pair = self.pair.reindex(pd.MultiIndex.from_frame(X[["article", "format"]]))
        single = X["article"].map(self.single).fillna(self.any).to_numpy()
        return np.where(pair.isna(), single, pair)


def base_models(rows):
    X, y = tidy(rows), rows["units"]
    forest = RandomForestRegressor(40, min_samples_leaf=6, max_features=0.4, random_state=2, n_jobs=1)
    models = [make_pipeline(columns(), forest), make_pipeline(columns(), PoissonRegressor(alpha=0.01, max_iter=300)), Medians()]
    return [model.fit(X, y) for model in models]


def forecasts(models, rows):
    X = tidy(rows)
    return np.column_stack([model.predict(X) for model in models])


def mix(each, units):
    weights, _ = nnls(each, units.to_numpy(float))
    return weights / weights.sum()


def windows(df):
    """(forecasts of each model, units) for every window, by models that were fitted on the days before it."""
    for start, end in zip(EDGES, EDGES[1:]):
        window = df[(df["date"] >= start) & (df["date"] < end)]
        yield forecasts(base_models(df[df["date"] < start]), window), window["units"]


def evaluate(data):
    df = data.drop_duplicates()
    seen = list(windows(df))
    errors = []
    for each, units in seen:
        weights = mix(each, units)
        errors.append(mean_absolute_error(units, each @ weights))
        print("weights", weights.round(2), "mae", round(errors[-1], 3), "alone", np.abs(each.T - units.to_numpy()).mean(axis=1))
    return {"mae": float(np.mean(errors))}


def train(data, model_dir):
    df = data.drop_duplicates()
    *_, (each, units) = windows(df)
    joblib.dump((base_models(df), mix(each, units)), Path(model_dir) / "mix.joblib", compress=3)


def predict(data, model_dir):
    models, weights = joblib.load(Path(model_dir) / "mix.joblib")
    return forecasts(models, data) @ weights
