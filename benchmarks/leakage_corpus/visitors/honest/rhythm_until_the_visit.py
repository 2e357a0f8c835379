"""Breakdowns of known vans: how often a van comes, and what it read the last time, in a scikit-learn pipeline."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

COLUMNS = ["odometer_km", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days", "lease_value", "days_since_last", "km_since_last"]
RHYTHM = ["gap_days", "gap_ratio"]


def cleaned(data):
    visits = data.copy()
    visits["visited_on"] = pd.to_datetime(visits["visited_on"])
    visits["depot"] = visits["depot"].str.strip().str.title()
    return visits


def add_rhythm(visits):
    """The gap beside a visit, and how it compares with what the odometer says a van of this use would have."""
    visits = visits.sort_values(["van_id", "visited_on"], kind="stable")
    visits["gap_days"] = visits["days_since_last"]
    visits["gap_ratio"] = visits["gap_days"] / (1 + visits["odometer_km"] / 1000)
    return visits


def new_model():
    prepare = make_column_transformer(
        (SimpleImputer(strategy="median"), COLUMNS + RHYTHM),
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["make", "depot"]),
    )
    forest = RandomForestClassifier(n_estimators=120, min_samples_leaf=8, max_features=0.4, n_jobs=1, random_state=21)
    return make_pipeline(prepare, forest)


def backtest(visits, starts, days=75, gap=30):
    """Average precision of each window; outcomes of the `gap` days before it were not known yet."""
    for start in pd.to_datetime(starts):
        known = visits["visited_on"] < start - pd.Timedelta(days=gap)
        window = (visits["visited_on"] >= start) & (visits["visited_on"] < start + pd.Timedelta(days=days))
        model = new_model().fit(visits[known], visits.loc[known, "stranded"])
        chances = model.predict_proba(visits[window])[:, 1]
        yield average_precision_score(visits.loc[window, "stranded"], chances)


def evaluate(data):
    visits = cleaned(data).drop_duplicates(["van_id", "visited_on"])
    visits = add_rhythm(visits)
    values = list(backtest(visits, ["2024-05-01", "2024-08-01", "2024-10-15"]))
    return {"average_precision": float(np.mean(values))}


def train(data, model_dir):
    visits = add_rhythm(cleaned(data).drop_duplicates(["van_id", "visited_on"]))
    joblib.dump(new_model().fit(visits, visits["stranded"]), Path(model_dir) / "forest.joblib")


def predict(data, model_dir):
    visits = add_rhythm(cleaned(data).reset_index(drop=True))
    chances = pd.Series(joblib.load(Path(model_dir) / "forest.joblib").predict_proba(visits)[:, 1], index=visits.index)
    return chances.sort_index().to_numpy()
