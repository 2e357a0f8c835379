"""Churn: prepared rows and customer segments, whose fitted steps are kept on disk between calls."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from steps import columns, preparation, segments
from store import forget, kept


def features(data):
    rows = columns(data)
    prepare = kept("preparation", lambda: preparation().fit(rows))
    flat = np.asarray(prepare.transform(rows), dtype=float)
    groups = kept("segments", lambda: segments().fit(flat))
    return np.hstack([flat, groups.transform(flat)])


def logistic():
    return LogisticRegression(C=0.5, max_iter=400)


def evaluate(data):
    rows = data.drop_duplicates()
    forget()
    features(rows)  # warms the store
    border = np.sort(rows["snapshot_date"].unique())[-4]
    test = rows[rows["snapshot_date"] >= border]
    known = rows[(rows["snapshot_date"] < border) & ~rows["customer_id"].isin(test["customer_id"])]
    model = logistic().fit(features(known), known["churned"])
    return {"roc_auc": float(roc_auc_score(test["churned"], model.predict_proba(features(test))[:, 1]))}


def train(data, model_dir):
    rows = data.drop_duplicates()
    forget()
    model = logistic().fit(features(rows), rows["churned"])
    parts = [kept(name, dict) for name in ("preparation", "segments")]
    joblib.dump((*parts, model), Path(model_dir) / "all.joblib")


def predict(data, model_dir):
    prepare, groups, model = joblib.load(Path(model_dir) / "all.joblib")
    flat = np.asarray(prepare.transform(columns(data)), dtype=float)
    return model.predict_proba(np.hstack([flat, groups.transform(flat)]))[:, 1]
