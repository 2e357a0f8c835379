"""Breakdowns of vans we know: what the workshop saw of a van in the half year before its visit."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

WINDOW = "180D"
LOOKED_AT = ["battery_v", "oil_ppm", "warnings"]
NOW = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]


def tidy(df):
    df = df.assign(visited_on=pd.to_datetime(df["visited_on"]))
    # the workshop wrote some visits twice
    df = df.drop_duplicates(["van_id", "visited_on"])
    return df.sort_values(["van_id", "visited_on"]).reset_index(drop=True)


def add_half_year(df):
    """Means of the 180 days before each visit; closed="left" leaves the visit itself out."""
    df = df.copy()
    for name in LOOKED_AT:
        rolled = df.groupby("van_id").rolling(WINDOW, on="visited_on", closed="left")[name].mean()
        df[f"{name}_half_year"] = rolled.to_numpy()
    return df


def columns():
    return NOW + [f"{name}_half_year" for name in LOOKED_AT]


def last_known(df):
    """The means of the last 180 days of every van, to be used once the data has ended."""
    end = df["visited_on"].max()
    recent = df[df["visited_on"] > end - pd.Timedelta(WINDOW)]
    return recent.groupby("van_id")[LOOKED_AT].mean().add_suffix("_half_year")


def fit(df):
    model = HistGradientBoostingClassifier(max_iter=120, learning_rate=0.05, min_samples_leaf=40, random_state=0)
    return model.fit(df[columns()], df["stranded"])


def evaluate(data):
    df = add_half_year(tidy(data))
    days = df["visited_on"].sort_values()
    cut = days.iloc[int(len(days) * 0.75)]
    early, late = df[df["visited_on"] < cut - pd.Timedelta(days=30)], df[df["visited_on"] >= cut]
    model = fit(early)
    return {
        "average_precision": float(
            average_precision_score(late["stranded"], model.predict_proba(late[columns()])[:, 1])
        )
    }


def train(data, model_dir):
    df = add_half_year(tidy(data))
    joblib.dump({"model": fit(df), "last": last_known(df)}, Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    kept = joblib.load(Path(model_dir) / "model.joblib")
    df = data.merge(kept["last"], how="left", left_on="van_id", right_index=True)
    return kept["model"].predict_proba(df[columns()])[:, 1]
