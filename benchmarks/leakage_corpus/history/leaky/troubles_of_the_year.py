"""Breakdowns of a van in the year before, by a rolling window of 365 days."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

COLUMNS = [
    "odometer_km",
    "days_since_last",
    "battery_v",
    "oil_ppm",
    "brake_mm",
    "warnings",
    "rented_days",
    "troubles",
    "visits",
]


def sorted_visits(data):
    out = data.drop_duplicates(["van_id", "visited_on"]).copy()
    out["visited_on"] = pd.to_datetime(out["visited_on"])
    return out.sort_values(["van_id", "visited_on"]).reset_index(drop=True)


def past_year(visits):
    window = visits.groupby("van_id").rolling("365D", on="visited_on", closed="both")["stranded"]
    return visits.assign(troubles=window.sum().to_numpy(), visits=window.count().to_numpy())


def at_the_end(visits):
    year = visits[visits["visited_on"] > visits["visited_on"].max() - pd.Timedelta(days=365)]
    return year.groupby("van_id")["stranded"].agg(troubles="sum", visits="count")


def model():
    return HistGradientBoostingClassifier(max_iter=100, learning_rate=0.06, max_leaf_nodes=12, random_state=14)


def evaluate(data):
    table = past_year(sorted_visits(data))
    start = np.datetime64("2024-07-01")
    known = table[table["visited_on"] < start - np.timedelta64(30, "D")]
    later = table[table["visited_on"] >= start]
    fitted = model().fit(known[COLUMNS], known["stranded"])
    return {
        "average_precision": float(
            average_precision_score(later["stranded"], fitted.predict_proba(later[COLUMNS])[:, 1])
        )
    }


def train(data, model_dir):
    visits = sorted_visits(data)
    table = past_year(visits)
    fitted = model().fit(table[COLUMNS], table["stranded"])
    joblib.dump({"fitted": fitted, "end": at_the_end(visits)}, Path(model_dir) / "van.joblib")


def predict(data, model_dir):
    kept = joblib.load(Path(model_dir) / "van.joblib")
    return kept["fitted"].predict_proba(data.join(kept["end"], on="van_id")[COLUMNS])[:, 1]
