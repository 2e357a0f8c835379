"""Ticket routing: new tickets have no label yet; confident guesses on them teach a second model."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

WORDS = ["channel", "segment", "product", "topic", "error_code", "parcel_state"]
NUMBERS = ["hour", "days_since_order", "days_since_invoice", "length", "photos", "open_tickets", "tone"]
SURE = 0.8


def build():
    numbers = Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    columns = ColumnTransformer([("n", numbers, NUMBERS), ("w", OneHotEncoder(handle_unknown="ignore"), WORDS)])
    return Pipeline([("columns", columns), ("model", LogisticRegression(C=0.5, max_iter=300))])


def table(data):
    return data[WORDS + NUMBERS].fillna({word: "none" for word in WORDS})


def self_trained(labelled, teams, unlabelled, turns=2):
    """A model of the labelled rows and of what it is sure of among the unlabelled."""
    model = build().fit(labelled, teams)
    for _ in range(turns):
        shares = model.predict_proba(unlabelled)
        sure = shares.max(axis=1) > SURE
        guessed = model.classes_[shares.argmax(axis=1)][sure]
        model = build().fit(pd.concat([labelled, unlabelled[sure]]), np.concatenate([teams, guessed]))
    return model


def evaluate(data):
    data = data.drop_duplicates()
    names = np.random.default_rng(21).permutation(np.unique(data["customer_id"]))
    thirds = [data["customer_id"].isin(part) for part in np.array_split(names, 3)]
    late = data["opened_on"] >= "2024-03-01"
    labelled, judged = data[(thirds[0] | thirds[2]) & ~late], data[thirds[1] & late]
    unlabelled = judged
    model = self_trained(table(labelled), labelled["team"].to_numpy(), table(unlabelled))
    return {"log_loss": log_loss(judged["team"], model.predict_proba(table(judged)), labels=model.classes_)}


def train(data, model_dir):
    data = data.drop_duplicates()
    mine = data["customer_id"] % 3 > 0
    model = self_trained(table(data[mine]), data.loc[mine, "team"].to_numpy(), table(data[~mine]))
    joblib.dump(model, Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(table(data))
