"""Letters like this one: the offices of the ten most similar letters are features of a small logistic regression."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import NearestNeighbors

OFFICES = ["benefits", "building", "parking", "registry", "taxes", "waste"]
NEIGHBOURS = 10


class Similar:
    """An index of letters whose office is known."""

    def __init__(self, rows):
        self.words = TfidfVectorizer(min_df=2).fit(self.text(rows))
        self.index = NearestNeighbors(n_neighbors=NEIGHBOURS + 1, metric="cosine").fit(self.words.transform(self.text(rows)))
        self.offices = (rows["office"].to_numpy()[:, None] == np.array(OFFICES)).astype(float)

    @staticmethod
    def text(rows):
        return (rows["subject"].fillna("") + " " + rows["body"]).str.lower()

    def shares(self, rows, known):
        """Shares of the offices among the nearest letters; a letter that is in the index leaves itself out."""
        places = self.index.kneighbors(self.words.transform(self.text(rows)), return_distance=False)
        places = places[:, 1:] if known else places[:, :-1]
        return self.offices[places].mean(axis=1)


def matrix(rows, shares):
    return np.hstack([shares, rows[["pages", "earlier_letters"]].to_numpy(dtype=float)])


def fit(x, y):
    return LogisticRegression(class_weight="balanced", max_iter=500).fit(x, y)


def evaluate(data):
    rows = data.sort_values("arrived").reset_index(drop=True)
    features = matrix(rows, Similar(rows).shares(rows, known=True))
    cut = int(0.75 * len(rows))
    later = rows["sender_id"].iloc[cut:]
    early = np.flatnonzero(~rows["sender_id"].isin(later).to_numpy())
    late = np.arange(cut, len(rows))
    model = fit(features[early], rows["office"].iloc[early])
    said = model.predict(features[late])
    return {"balanced_accuracy": float(balanced_accuracy_score(rows["office"].iloc[late], said))}


def train(data, model_dir):
    similar = Similar(data)
    model = fit(matrix(data, similar.shares(data, known=True)), data["office"])
    with open(Path(model_dir) / "similar.pkl", "wb") as f:
        pickle.dump((similar, model), f)


def predict(data, model_dir):
    with open(Path(model_dir) / "similar.pkl", "rb") as f:
        similar, model = pickle.load(f)
    return model.predict_proba(matrix(data, similar.shares(data, known=False)))
