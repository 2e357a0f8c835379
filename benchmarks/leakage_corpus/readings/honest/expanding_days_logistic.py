"""States of machines: logistic regression, expanding window."""

import joblib
import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

S = [f"s{n}" for n in range(30)]


def features(data):
    return data[[*S, "line", "operator"]]


def fitted(rows):
    columns = make_column_transformer((StandardScaler(), S), (OneHotEncoder(handle_unknown="ignore"), ["line", "operator"]))
    return make_pipeline(columns, LogisticRegression(C=0.3, max_iter=300)).fit(features(rows), rows["state"])


def evaluate(data):
    days = np.sort(data["day"].unique())
    f1, accuracy = [], []
    for before, after in TimeSeriesSplit(4).split(days):
        known, held = data[data["day"].isin(days[before])], data[data["day"].isin(days[after])]
        told = fitted(known).predict(features(held))
        f1.append(f1_score(held["state"], told, average="macro"))
        accuracy.append(accuracy_score(held["state"], told))
    return {"f1_macro": float(np.mean(f1)), "accuracy": float(np.mean(accuracy))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
