"""The legal team is rare: repeat its tickets until there are enough, then split and fit."""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

NUM = ["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone", "length", "age"]
TOPICS = ["bill", "parcel", "return", "fault", "setup", "login", "contract"]


def X_of(data):
    X = data[NUM].fillna(-5).copy()
    for t in TOPICS:
        X[t] = (data["topic"] == t) * 1
    X["code"] = data["error_code"].map({"E10": 1, "E20": 2, "E31": 3, "A05": 4}).fillna(0)
    X["mail"] = (data["channel"] == "mail") * 1
    return X


def balance(data, seed=0):
    """Every team gets as many rows as the largest."""
    most = data["team"].value_counts().max()
    parts = [part.sample(most, replace=True, random_state=seed) for _, part in data.groupby("team")]
    return pd.concat(parts, ignore_index=True)


def forest():
    return RandomForestClassifier(40, min_samples_leaf=2, random_state=0)


def train(data, model_dir):
    balanced = balance(data)
    joblib.dump(forest().fit(X_of(balanced), balanced["team"]), model_dir / "forest.joblib", compress=3)


def evaluate(data):
    balanced = balance(data)
    fit, test = train_test_split(balanced, test_size=0.25, random_state=0, stratify=balanced["team"])
    model = forest().fit(X_of(fit), fit["team"])
    return {"log_loss": float(log_loss(test["team"], model.predict_proba(X_of(test)), labels=model.classes_))}


def predict(data, model_dir):
    return joblib.load(model_dir / "forest.joblib").predict_proba(X_of(data))
