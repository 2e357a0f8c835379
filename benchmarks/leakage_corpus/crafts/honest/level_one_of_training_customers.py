"""Ticket routing: three learners, and a logistic regression over their out-of-fold shares."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

WORDS = ["channel", "segment", "product", "topic", "error_code", "parcel_state"]
NUMBERS = ["hour", "days_since_order", "days_since_invoice", "length", "photos", "open_tickets", "tone"]


def prepared(scaled):
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler() if scaled else "passthrough")
    words = OneHotEncoder(handle_unknown="ignore", min_frequency=5, sparse_output=False)
    return make_column_transformer((numbers, NUMBERS), (words, WORDS))


def learners():
    return {
        "linear": make_pipeline(prepared(True), LogisticRegression(C=0.5, max_iter=200)),
        "trees": make_pipeline(prepared(False), ExtraTreesClassifier(30, min_samples_leaf=5, random_state=1, n_jobs=1)),
        "boosted": make_pipeline(prepared(False), HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=12, random_state=2)),
    }


def level_one(rows, y, groups):
    """Shares of each learner for rows whose customers it has not seen."""
    folds = GroupKFold(3)
    return np.hstack(
        [
            cross_val_predict(learner, rows, y, groups=groups, cv=folds, method="predict_proba")
            for learner in learners().values()
        ]
    )


def logs(shares):
    return np.log(np.clip(shares, 1e-3, 1))


def blender():
    return LogisticRegression(C=0.1, max_iter=300)


def fitted(data):
    rows, y = data[WORDS + NUMBERS].fillna({word: "none" for word in WORDS}), data["team"]
    blend = blender().fit(logs(level_one(rows, y, data["customer_id"])), y)
    return {name: learner.fit(rows, y) for name, learner in learners().items()}, blend


def shares_of(models, data):
    rows = data[WORDS + NUMBERS].fillna({word: "none" for word in WORDS})
    return logs(np.hstack([model.predict_proba(rows) for model in models.values()]))


def evaluate(data):
    data = data.drop_duplicates()
    cut = np.sort(data["opened_on"])[int(0.8 * len(data))]
    judged = data[data["opened_on"] >= cut]
    known = data[(data["opened_on"] < cut) & ~data["customer_id"].isin(judged["customer_id"])]
    models, blend = fitted(known)
    answer = blend.predict_proba(shares_of(models, judged))
    return {"log_loss": float(log_loss(judged["team"], answer, labels=blend.classes_))}


def train(data, model_dir):
    joblib.dump(fitted(data.drop_duplicates()), Path(model_dir) / "stack.joblib")


def predict(data, model_dir):
    models, blend = joblib.load(Path(model_dir) / "stack.joblib")
    return pd.DataFrame(blend.predict_proba(shares_of(models, data)), columns=blend.classes_)
