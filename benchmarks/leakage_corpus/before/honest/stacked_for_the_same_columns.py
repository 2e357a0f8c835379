"""Machine states: train and test are put together for what concerns one row alone, and fitted apart."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

SENSORS = [f"s{i}" for i in range(30)]
LINES = [f"L{i}" for i in range(6)]


class Preparation:
    """Clipping, scaling and principal components in one object."""

    def __init__(self, parts=20):
        self.parts = parts

    def fit(self, numbers):
        self.low, self.high = np.quantile(numbers, [0.01, 0.99], axis=0)
        numbers = np.clip(numbers, self.low, self.high)
        self.middle, self.width = np.median(numbers, axis=0), numbers.std(axis=0)
        self.pca = PCA(self.parts).fit((numbers - self.middle) / self.width)
        return self

    def apply(self, numbers):
        numbers = (np.clip(numbers, self.low, self.high) - self.middle) / self.width
        return np.hstack([numbers[:, :10], self.pca.transform(numbers), np.maximum(numbers[:, :1], 0)])


def wide(rows):
    """Sensors, the line as six columns, and two figures of the row itself."""
    sensors = rows[SENSORS].to_numpy(float)
    lines = (rows["line"].to_numpy()[:, None] == np.array(LINES)[None, :]).astype(float)
    return np.hstack([sensors, lines, sensors[:, :8].mean(axis=1, keepdims=True), np.abs(sensors[:, :1])])


def split(data, share=0.25):
    days = np.sort(data["day"].unique())
    border = days[int(len(days) * (1 - share))]
    return data[data["day"] < border], data[data["day"] >= border]


def logistic():
    return LogisticRegression(C=0.3, max_iter=600, class_weight="balanced")


def evaluate(data):
    train_df, test_df = split(data)
    both = pd.concat([train_df.assign(part="train"), test_df.assign(part="test")], ignore_index=True)
    matrix = wide(both)
    in_train = (both["part"] == "train").to_numpy()
    preparation = Preparation().fit(matrix[in_train])
    model = logistic().fit(preparation.apply(matrix[in_train]), both.loc[in_train, "state"])
    guess = model.predict(preparation.apply(matrix[~in_train]))
    return {"f1_macro": float(f1_score(both.loc[~in_train, "state"], guess, average="macro"))}


def train(data, model_dir):
    preparation = Preparation().fit(wide(data))
    model = logistic().fit(preparation.apply(wide(data)), data["state"])
    joblib.dump((preparation, model), Path(model_dir) / "states.joblib")


def predict(data, model_dir):
    preparation, model = joblib.load(Path(model_dir) / "states.joblib")
    return model.predict_proba(preparation.apply(wide(data)))
