import pickle

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold


class Router:
    """Forest over one-hot columns; remembers which columns it had."""

    def __init__(self, trees=60):
        self.trees = trees

    def table(self, data):
        raw = data[["channel", "segment", "product", "topic", "parcel_state", "error_code"]]
        wide = pd.get_dummies(raw.fillna("none"), dtype=float)
        for name in ("days_since_order", "days_since_invoice", "photos", "hour", "open_tickets"):
            wide[name] = data[name].fillna(-1).astype(float)
        return wide

    def fit(self, data):
        X = self.table(data)
        self.columns = list(X.columns)
        self.forest = RandomForestClassifier(self.trees, min_samples_leaf=8, random_state=3).fit(X, data["team"])
        return self

    def probabilities(self, data):
        X = self.table(data).reindex(columns=self.columns, fill_value=0.0)
        return self.forest.predict_proba(X)


def train(data, model_dir):
    with open(model_dir / "router.pkl", "wb") as f:
        pickle.dump(Router().fit(data), f)


def evaluate(data):
    data = data.drop_duplicates()
    losses = []
    for tr, te in GroupKFold(3).split(data, groups=data["customer_id"]):
        router = Router().fit(data.iloc[tr])
        losses.append(log_loss(data["team"].iloc[te], router.probabilities(data.iloc[te]), labels=router.forest.classes_))
    return {"log_loss": np.mean(losses)}


def predict(data, model_dir):
    with open(model_dir / "router.pkl", "rb") as f:
        return pickle.load(f).probabilities(data)
