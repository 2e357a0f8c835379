"""Sort by date, last fifth is the test. Nearest neighbours and a forest on who the customer is and what they ask."""
from pathlib import Path
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import log_loss

COLS = ["postcode", "age", "hour", "days_since_order", "days_since_invoice", "photos", "length"]
WORDS = ["topic", "product", "parcel_state", "error_code"]
CODES = {
    "topic": {k: i for i, k in enumerate("bill parcel return fault setup login contract other".split())},
    "product": {"thermostat": 0, "camera": 1, "speaker": 2, "lock": 3},
    "parcel_state": {"none": 0, "underway": 1, "delivered": 2, "lost": 3},
    "error_code": {"E10": 1, "E20": 2, "E31": 3, "A05": 4},
}


def to_matrix(d):
    m = d[COLS].fillna(-1).copy()
    m["since"] = pd.to_datetime(d["customer_since"]).dt.dayofyear + 366 * pd.to_datetime(d["customer_since"]).dt.year
    for w in WORDS:
        m[w] = d[w].map(CODES[w]).fillna(-1)
    return m.to_numpy(dtype=float)


def new_model():
    return ExtraTreesClassifier(80, min_samples_leaf=3, max_features=0.5, random_state=1)


def train(data: pd.DataFrame, model_dir: Path):
    joblib.dump(new_model().fit(to_matrix(data), data["team"]), Path(model_dir) / "et.joblib", compress=3)


def evaluate(data: pd.DataFrame):
    data = data.drop_duplicates().sort_values("opened_on", kind="stable")
    cut = int(len(data) * 0.8)
    day = data["opened_on"].iloc[cut]
    old, new = data[data["opened_on"] < day], data[data["opened_on"] >= day]
    m = new_model().fit(to_matrix(old), old["team"])
    return {"log_loss": float(log_loss(new["team"], m.predict_proba(to_matrix(new)), labels=m.classes_))}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "et.joblib").predict_proba(to_matrix(data))
