"""A forest, its temperature set on customers between those fitted and those judged."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import log_loss

CODES = {"topic": "bill parcel return fault setup login contract other", "product": "thermostat camera speaker lock",
         "parcel_state": "none underway delivered lost", "error_code": "E10 E20 E31 A05", "channel": "form mail phone"}


def X_of(d):
    X = d[["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]].fillna(-1).astype(float)
    for name, levels in CODES.items():
        for level in levels.split():
            X[f"{name}:{level}"] = (d[name] == level).astype(float)
    return X


def warmed(p, temperature):
    q = np.clip(p, 1e-4, 1) ** (1 / temperature)
    return q / q.sum(axis=1, keepdims=True)


def fit(d):
    """Fitted on four customers of five; the fifth says how sure the forest may be."""
    middle = d["customer_id"] % 5 == 4
    forest = ExtraTreesClassifier(80, min_samples_leaf=8, max_features=0.4, random_state=2)
    forest.fit(X_of(d[~middle]), d["team"][~middle])
    p = forest.predict_proba(X_of(d[middle]))
    found = minimize_scalar(lambda t: log_loss(d["team"][middle], warmed(p, t), labels=forest.classes_), bounds=(0.4, 3), method="bounded")
    return forest, found.x


def train(data: pd.DataFrame, model_dir: Path):
    joblib.dump(fit(data.drop_duplicates()), Path(model_dir) / "et.joblib", compress=3)


def evaluate(data: pd.DataFrame):
    data = data.drop_duplicates()
    judged = (data["customer_id"] // 7) % 3 == 0
    late = data["opened_on"] >= "2024-03-01"
    forest, temperature = fit(data[~judged & ~late])
    test = data[judged & late]
    return {"log_loss": float(log_loss(test["team"], warmed(forest.predict_proba(X_of(test)), temperature), labels=forest.classes_))}


def predict(data: pd.DataFrame, model_dir: Path):
    forest, temperature = joblib.load(Path(model_dir) / "et.joblib")
    return warmed(forest.predict_proba(X_of(data)), temperature)
