"""Breakdowns of leased vans, with a small table of what the data looks like for the log.

Limits from the workshop's handbook:
    battery_v: 10.5 to 13.5
    brake_mm: 0 to 12
    oil_ppm: 0 to 120
"""

import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

log = logging.getLogger(__name__)
NUMBERS = ["odometer_km", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]
PAST = ["visits_before", "warnings_so_far", "battery_last"]


def handbook():
    """The limits as the doc string above has them."""
    lines = [line.strip() for line in __doc__.splitlines() if " to " in line and ":" in line]
    limits = {}
    for line in lines:
        name, _, span = line.partition(":")
        low, _, high = span.partition(" to ")
        limits[name] = (float(low), float(high))
    return limits


def describe(df):
    """Printed and checked, never given to the model."""
    means, spread = df[NUMBERS].mean(), df[NUMBERS].std()
    for name in NUMBERS:
        log.info("%s: mean %.2f, spread %.2f", name, means[name], spread[name])
    assert (spread > 0).all(), "a column never changes"
    by_van = df.groupby("van_id")["battery_v"].transform("mean")
    log.info("battery against the van's own mean: %.3f", float((df["battery_v"] - by_van).abs().mean()))


def smaller(df):
    """Whole numbers that fit into 32 bits are kept in 32 bits."""
    for name in df.select_dtypes("int64").columns:
        if df[name].max() < np.iinfo(np.int32).max:
            df[name] = df[name].astype(np.int32)
    return df


def table(data):
    df = smaller(data.drop_duplicates(["van_id", "visited_on"]).copy())
    describe(df)
    df = df.sort_values(["van_id", "visited_on"])
    for name, (low, high) in handbook().items():
        df[name] = df[name].clip(low, high)
    g = df.groupby("van_id")
    df["visits_before"] = g.cumcount()
    df["warnings_so_far"] = g["warnings"].cumsum() - df["warnings"]
    df["battery_last"] = g["battery_v"].shift()
    return df


def pipe():
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000, C=0.1))


def evaluate(data):
    df = table(data)
    cut = np.datetime64("2024-06-01")
    day = pd.to_datetime(df["visited_on"]).to_numpy()
    learn, judge = df[day < cut - np.timedelta64(31, "D")], df[day >= cut]
    m = pipe().fit(learn[NUMBERS + PAST], learn["stranded"])
    return {
        "average_precision": float(
            average_precision_score(judge["stranded"], m.predict_proba(judge[NUMBERS + PAST])[:, 1])
        )
    }


def train(data, model_dir):
    df = table(data)
    last = df.groupby("van_id").agg(
        visits_before=("warnings", "size"), warnings_so_far=("warnings", "sum"), battery_last=("battery_v", "last")
    )
    joblib.dump((pipe().fit(df[NUMBERS + PAST], df["stranded"]), last), Path(model_dir) / "m.joblib")


def predict(data, model_dir):
    m, last = joblib.load(Path(model_dir) / "m.joblib")
    df = data.join(last, on="van_id")
    for name, (low, high) in handbook().items():
        df[name] = df[name].clip(low, high)
    return m.predict_proba(df[NUMBERS + PAST])[:, 1]
