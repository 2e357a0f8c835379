"""Vans: breakdowns are rare, so they are drawn again until one visit in four is one; later visits are judged."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import average_precision_score

COLUMNS = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings"]
COLUMNS += ["rented_days", "lease_value"]


def prepared(data):
    visits = data.drop_duplicates(["van_id", "visited_on"]).copy()
    visits["visited_on"] = pd.to_datetime(visits["visited_on"])
    return visits.sort_values("visited_on").reset_index(drop=True)


def balanced(visits, share=0.25, seed=0):
    """Breakdowns are drawn with replacement, with a little noise on the meters so that no two rows are alike."""
    rng = np.random.default_rng(seed)
    broken = visits[visits["stranded"] == 1]
    wanted = int(share / (1 - share) * (len(visits) - len(broken))) - len(broken)
    more = broken.iloc[rng.integers(0, len(broken), wanted)].copy()
    more["odometer_km"] += rng.integers(-50, 50, wanted)
    more["oil_ppm"] *= rng.normal(1, 0.02, wanted)
    more["visited_on"] += pd.to_timedelta(rng.integers(-90, 90, wanted), unit="D")
    return pd.concat([visits, more], ignore_index=True)


def trees():
    return ExtraTreesClassifier(120, min_samples_leaf=2, n_jobs=1, random_state=6)


def evaluate(data):
    visits = balanced(prepared(data))
    start = pd.Timestamp("2024-07-01")
    known, judged = visits[visits["visited_on"] < start], visits[visits["visited_on"] >= start]
    model = trees().fit(known[COLUMNS].fillna(-1), known["stranded"])
    chance = model.predict_proba(judged[COLUMNS].fillna(-1))[:, 1]
    return {"average_precision": float(average_precision_score(judged["stranded"], chance))}


def train(data, model_dir):
    visits = balanced(prepared(data))
    joblib.dump(trees().fit(visits[COLUMNS].fillna(-1), visits["stranded"]), Path(model_dir) / "trees.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "trees.joblib").predict_proba(data[COLUMNS].fillna(-1))[:, 1]
