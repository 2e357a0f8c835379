"""Nested validation for the letters: outer blocks go forward in time and keep senders apart, and so do the inner ones."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

SEED = 11
GRID = {"clf__C": [0.3, 1.0, 3.0], "tfidf__min_df": [2, 5]}


def text_of(rows):
    return (rows["subject"].fillna("") + " " + rows["body"]).str.lower()


def forward_blocks(rows, n_blocks):
    """(train, test) positions; tests are consecutive spans of time, training rows are earlier and of other senders."""
    when = pd.to_datetime(rows["arrived"]).to_numpy()
    sender = rows["sender_id"].to_numpy()
    edges = np.quantile(when.astype("int64"), np.linspace(0.4, 1.0, n_blocks + 1)).astype("int64")
    for low, high in zip(edges[:-1], edges[1:]):
        test = np.flatnonzero((when.astype("int64") > low) & (when.astype("int64") <= high))
        train = np.flatnonzero((when.astype("int64") <= low) & ~np.isin(sender, sender[test]))
        yield train, test


def model():
    return Pipeline(
        [
            ("tfidf", TfidfVectorizer(sublinear_tf=True)),
            ("clf", LogisticRegression(max_iter=400, class_weight="balanced", random_state=SEED)),
        ]
    )


def tuned(rows):
    """The inner loop sees the rows it is given, nothing else."""
    search = GridSearchCV(
        model(), GRID, cv=list(forward_blocks(rows, 2)), scoring="balanced_accuracy", refit=True, n_jobs=1
    )
    search.fit(text_of(rows), rows["office"])
    return search


def evaluate(data):
    rows = data.reset_index(drop=True)
    scores = []
    for train_idx, test_idx in forward_blocks(rows, 3):
        inner = tuned(rows.iloc[train_idx].reset_index(drop=True))
        test = rows.iloc[test_idx]
        scores.append(balanced_accuracy_score(test["office"], inner.predict(text_of(test))))
    return {"balanced_accuracy": float(np.mean(scores)), "sd_over_blocks": float(np.std(scores))}


def train(data, model_dir):
    rows = data.reset_index(drop=True)
    best = tuned(rows).best_params_
    final = clone(model()).set_params(**best).fit(text_of(rows), rows["office"])
    joblib.dump(final, Path(model_dir) / "letters.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "letters.joblib").predict_proba(text_of(data))
