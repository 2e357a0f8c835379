from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SENSORS = ["age_days", "hours", "vibration", "oil_temp", "weeks_since_service"]


def plain(df):
    x = df[SENSORS].astype(float).fillna({"vibration": 1.0})
    for m in "ABCD":
        x["model_" + m] = (df["model"] == m).astype(float)
    return x


def label(df):
    return (df["failed"] == "yes").astype(int)


def prepare(df):
    df = df.copy()
    df["y"] = label(df)
    df["machine_failures"] = df.groupby("machine_id")["y"].transform("sum")
    df["machine_weeks"] = df.groupby("machine_id")["y"].transform("count")
    return df


FEATURES = SENSORS + ["machine_failures", "machine_weeks"]


def model():
    return HistGradientBoostingClassifier(max_iter=120, random_state=3)


def train(data, model_dir):
    df = prepare(data)
    table = df.groupby("machine_id")[["machine_failures", "machine_weeks"]].first()
    joblib.dump((model().fit(df[FEATURES], df["y"]), table), Path(model_dir) / "m.joblib")


def evaluate(data):
    df = prepare(data).sort_values("week")
    n = int(len(df) * 0.75)
    day = df["week"].iloc[n]
    a, b = df[df["week"] < day], df[df["week"] >= day]
    return {"roc_auc": float(roc_auc_score(b["y"], model().fit(a[FEATURES], a["y"]).predict_proba(b[FEATURES])[:, 1]))}


def predict(data, model_dir):
    m, table = joblib.load(Path(model_dir) / "m.joblib")
    return m.predict_proba(data.join(table, on="machine_id")[FEATURES])[:, 1]
