"""Demand of articles: settings by a small random search, then one model.

The search is slow on the whole table, so it works on a sample of rows. It splits the sample forward in time.
"""

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

CONFIG = json.loads("""
{
  "seed": 2024,
  "trials": 6,
  "sample": 3000,
  "cut": "2023-11-01",
  "kinds": ["region", "area", "format", "article", "category"],
  "numbers": ["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet"],
  "space": {"min_samples_leaf": [1, 2, 4, 8, 16], "max_features": [0.3, 0.6, 1.0], "max_depth": [8, 14, null]}
}
""")


def table(days):
    out = days[CONFIG["numbers"]].astype(float)
    day = pd.to_datetime(days["date"])
    out["weekday"], out["week"] = day.dt.dayofweek, day.dt.isocalendar().week.astype(float)
    for kind in CONFIG["kinds"]:
        out[kind] = days[kind].str.lower()
    return out


def model(settings, trees=60):
    encode = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), CONFIG["kinds"]), remainder="passthrough")
    forest = ExtraTreesRegressor(trees, random_state=CONFIG["seed"], n_jobs=1, **settings)
    return make_pipeline(encode, forest)


def fit(days, settings, trees=60):
    return model(settings, trees).fit(table(days), np.log1p(days["units"]))


def forecast(fitted, days):
    return np.expm1(fitted.predict(table(days)))


def search(days):
    """Settings that do best on the last fifth of a sample, after a fit on the rest of it."""
    sample = days.sample(CONFIG["sample"], random_state=CONFIG["seed"]).sort_values("date")
    fitted_on, tried_on = sample.iloc[: int(0.8 * len(sample))], sample.iloc[int(0.8 * len(sample)) :]
    rng = np.random.default_rng(CONFIG["seed"])
    trials = []
    for _ in range(CONFIG["trials"]):
        settings = {key: values[rng.integers(len(values))] for key, values in CONFIG["space"].items()}
        error = mean_absolute_error(tried_on["units"], forecast(fit(fitted_on, settings, 20), tried_on))
        trials.append((error, json.dumps(settings)))
    return json.loads(min(trials)[1])


def evaluate(data):
    past, future = data[data["date"] < CONFIG["cut"]], data[data["date"] >= CONFIG["cut"]]
    settings = search(past)
    return {"mae": mean_absolute_error(future["units"], forecast(fit(past, settings), future))}


def train(data, model_dir):
    (Path(model_dir) / "forest.pkl").write_bytes(pickle.dumps(fit(data, search(data))))


def predict(data, model_dir):
    return forecast(pickle.loads((Path(model_dir) / "forest.pkl").read_bytes()), data)
