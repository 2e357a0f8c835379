"""Letters to offices: hashed words, inverse document frequencies and a balanced linear model."""

from pathlib import Path

import joblib
import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import Pipeline

WAYS = ["counter", "form", "mail", "post"]


def text(letters):
    return (letters["subject"].fillna("") + " " + letters["body"]).str.lower().tolist()


def counted(letters):
    """Counts of words at hashed places, and what is known without reading."""
    words = HashingVectorizer(n_features=2**12, norm=None, alternate_sign=False).fit_transform(text(letters))
    plain = [(letters["way"] == way).astype(float) for way in WAYS]
    plain += [letters["pages"] / 5, letters["earlier_letters"] / 5]
    return hstack([words, csr_matrix(np.column_stack(plain))]).tocsr()


def line():
    return Pipeline(
        [
            ("idf", TfidfTransformer(sublinear_tf=True)),
            ("offices", LogisticRegression(C=8, class_weight="balanced", max_iter=200)),
        ]
    )


def evaluate(data):
    x, y = counted(data), data["office"].to_numpy()
    day, sender = data["arrived"].to_numpy(dtype=str), data["sender_id"].to_numpy()
    late = day >= np.sort(day)[int(0.78 * len(day))]
    early = ~late & ~np.isin(sender, sender[late])
    fitted = line().fit(x[early], y[early])
    return {"balanced_accuracy": float(balanced_accuracy_score(y[late], fitted.predict(x[late])))}


def train(data, model_dir):
    joblib.dump(line().fit(counted(data), data["office"]), Path(model_dir) / "line.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "line.joblib").predict_proba(counted(data))
