"""Legal tickets are repeated among those that are fitted, and its weight is taken back from the answers."""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss

NUM = ["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone", "age"]
TOPICS = ["bill", "parcel", "return", "fault", "setup", "login", "contract"]
TIMES = 3


def X_of(data):
    X = data[NUM].fillna(-5).copy()
    for t in TOPICS:
        X[t] = (data["topic"] == t) * 1
    X["code"] = data["error_code"].map({"E10": 1, "E20": 2, "E31": 3, "A05": 4}).fillna(0)
    X["parcel"] = data["parcel_state"].map({"none": 0, "underway": 1, "delivered": 2, "lost": 3})
    return X


def fit(rows):
    rare = rows[rows["team"] == "legal"]
    more = pd.concat([rows, *[rare] * (TIMES - 1)])
    return RandomForestClassifier(80, min_samples_leaf=15, max_features=0.4, random_state=0).fit(X_of(more), more["team"])


def answers(model, rows):
    p = model.predict_proba(X_of(rows)) + 1e-4
    p[:, list(model.classes_).index("legal")] /= TIMES
    return p / p.sum(axis=1, keepdims=True)


def train(data, model_dir):
    joblib.dump(fit(data.drop_duplicates()), model_dir / "forest.joblib", compress=3)


def evaluate(data):
    data = data.drop_duplicates()
    newest = data["opened_on"] >= "2024-03-01"
    ours = data["customer_id"] % 3 == 1
    model = fit(data[~newest & ~ours])
    test = data[newest & ours]
    return {"log_loss": float(log_loss(test["team"], answers(model, test), labels=model.classes_))}


def predict(data, model_dir):
    return answers(joblib.load(model_dir / "forest.joblib"), data)
