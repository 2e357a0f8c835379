"""Churn: prepared rows and customer segments; fitted steps are kept on disk by the rows they were fitted on."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from steps import columns, preparation, segments
from store import kept


def learned(rows):
    prepare = kept("preparation", rows, lambda: preparation().fit(rows))
    flat = np.asarray(prepare.transform(rows), dtype=float)
    return prepare, kept("segments", rows, lambda: segments().fit(flat))


def features(steps, rows):
    prepare, groups = steps
    flat = np.asarray(prepare.transform(rows), dtype=float)
    return np.hstack([flat, groups.transform(flat)])


def logistic():
    return LogisticRegression(C=0.5, max_iter=400)


def evaluate(data):
    rows = data.drop_duplicates()
    border = np.sort(rows["snapshot_date"].unique())[-4]
    test = rows[rows["snapshot_date"] >= border]
    known = rows[(rows["snapshot_date"] < border) & ~rows["customer_id"].isin(test["customer_id"])]
    steps = learned(columns(known))
    model = logistic().fit(features(steps, columns(known)), known["churned"])
    return {"roc_auc": float(roc_auc_score(test["churned"], model.predict_proba(features(steps, columns(test)))[:, 1]))}


def train(data, model_dir):
    rows = data.drop_duplicates()
    steps = learned(columns(rows))
    joblib.dump((steps, logistic().fit(features(steps, columns(rows)), rows["churned"])), Path(model_dir) / "a.joblib")


def predict(data, model_dir):
    steps, model = joblib.load(Path(model_dir) / "a.joblib")
    return model.predict_proba(features(steps, columns(data)))[:, 1]
