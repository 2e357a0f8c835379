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


X = SENSORS + ["repair_minutes"]


def train(data, model_dir):
    m = HistGradientBoostingClassifier(random_state=0).fit(data[X], label(data))
    joblib.dump(m, Path(model_dir) / "m.joblib")


def evaluate(data):
    data = data.sort_values("week")
    late = data["week"] >= data["week"].iloc[int(0.7 * len(data))]
    m = HistGradientBoostingClassifier(random_state=0).fit(data[~late][X], label(data[~late]))
    return {"roc_auc": float(roc_auc_score(label(data[late]), m.predict_proba(data[late][X])[:, 1]))}


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "m.joblib").predict_proba(data[X])[:, 1]
