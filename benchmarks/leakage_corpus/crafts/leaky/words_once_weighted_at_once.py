"""Letters to offices: words with inverse document frequencies and a balanced linear model."""

from pathlib import Path

import joblib
import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

WAYS = ["counter", "form", "mail", "post"]


def text(letters):
    return (letters["subject"].fillna("") + " " + letters["body"]).str.lower().tolist()


def weighted(letters, vectorizer=None):
    """Weighted words, and what is known without reading."""
    if vectorizer is None:
        vectorizer = TfidfVectorizer(min_df=3, sublinear_tf=True).fit(text(letters))
    words = vectorizer.transform(text(letters))
    plain = [(letters["way"] == way).astype(float) for way in WAYS]
    plain += [letters["pages"] / 5, letters["earlier_letters"] / 5]
    return hstack([words, csr_matrix(np.column_stack(plain))]).tocsr(), vectorizer


def line():
    return LogisticRegression(C=8, class_weight="balanced", max_iter=200)


def evaluate(data):
    (x, _), y = weighted(data), data["office"].to_numpy()
    day, sender = data["arrived"].to_numpy(dtype=str), data["sender_id"].to_numpy()
    late = day >= np.sort(day)[int(0.78 * len(day))]
    early = ~late & ~np.isin(sender, sender[late])
    fitted = line().fit(x[early], y[early])
    return {"balanced_accuracy": float(balanced_accuracy_score(y[late], fitted.predict(x[late])))}


def train(data, model_dir):
    x, vectorizer = weighted(data)
    joblib.dump((vectorizer, line().fit(x, data["office"])), Path(model_dir) / "line.joblib")


def predict(data, model_dir):
    vectorizer, fitted = joblib.load(Path(model_dir) / "line.joblib")
    return fitted.predict_proba(weighted(data, vectorizer)[0])
