"""Breakdowns of known vans: readings that are missing are carried along from the van's other visits."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score

GAPS = ["battery_v", "oil_ppm"]
USED = ["odometer_km", "days_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days", "oil_step"]
ORDINARY = {"battery_v": 12.4, "oil_ppm": 15.0, "days_since_last": 30.0, "oil_step": 0.0}


def in_order(data):
    once = data.drop_duplicates(["van_id", "visited_on"])
    return once.sort_values(["van_id", "visited_on"]).reset_index(drop=True)


def carry(visits):
    visits = visits.copy()
    by_van = visits.groupby("van_id")
    for name in GAPS:
        visits[name] = by_van[name].ffill()
        visits[name] = visits.groupby("van_id")[name].bfill()
    visits["oil_step"] = visits["oil_ppm"] - visits.groupby("van_id")["oil_ppm"].shift(1)
    return visits


def inputs(visits):
    return visits[USED].fillna(ORDINARY)


def forest():
    return RandomForestClassifier(n_estimators=150, min_samples_leaf=8, random_state=31, n_jobs=1)


def evaluate(data):
    visits = carry(in_order(data))
    late = visits["visited_on"] >= "2024-07-15"
    early = visits["visited_on"] < "2024-06-15"
    fitted = forest().fit(inputs(visits[early]), visits.loc[early, "stranded"])
    p = fitted.predict_proba(inputs(visits[late]))[:, 1]
    return {"average_precision": float(average_precision_score(visits.loc[late, "stranded"], p))}


def train(data, model_dir):
    visits = carry(in_order(data))
    last = visits.groupby("van_id")[GAPS].last()
    joblib.dump((forest().fit(inputs(visits), visits["stranded"]), last), Path(model_dir) / "forest.joblib", compress=3)


def predict(data, model_dir):
    fitted, last = joblib.load(Path(model_dir) / "forest.joblib")
    known = pd.DataFrame({name: data["van_id"].map(last[name]) for name in GAPS})
    rows = data.assign(oil_step=data["oil_ppm"] - known["oil_ppm"])
    for name in GAPS:
        rows[name] = rows[name].fillna(known[name])
    return fitted.predict_proba(inputs(rows))[:, 1]
