"""Machine states: as on a competition site, train and test are put together, prepared, and taken apart again."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

SENSORS = [f"s{i}" for i in range(30)]


class Preparation:
    """Clipping, scaling and principal components in one object."""

    def __init__(self, parts=20):
        self.parts = parts

    def fit(self, rows):
        numbers = rows[SENSORS].to_numpy(float)
        self.low, self.high = np.quantile(numbers, [0.01, 0.99], axis=0)
        numbers = np.clip(numbers, self.low, self.high)
        self.middle, self.width = np.median(numbers, axis=0), numbers.std(axis=0)
        self.pca = PCA(self.parts).fit((numbers - self.middle) / self.width)
        return self

    def apply(self, rows):
        numbers = np.clip(rows[SENSORS].to_numpy(float), self.low, self.high)
        numbers = (numbers - self.middle) / self.width
        return np.hstack([numbers[:, :10], self.pca.transform(numbers), np.maximum(numbers[:, :1], 0)])


def split(data, share=0.25):
    days = np.sort(data["day"].unique())
    border = days[int(len(days) * (1 - share))]
    return data[data["day"] < border], data[data["day"] >= border]


def evaluate(data):
    train_df, test_df = split(data)
    both = pd.concat([train_df.assign(part="train"), test_df.assign(part="test")], ignore_index=True)
    matrix = Preparation().fit(both).apply(both)
    in_train = (both["part"] == "train").to_numpy()
    model = LogisticRegression(C=0.3, max_iter=600, class_weight="balanced")
    model.fit(matrix[in_train], both.loc[in_train, "state"])
    return {
        "f1_macro": float(f1_score(both.loc[~in_train, "state"], model.predict(matrix[~in_train]), average="macro"))
    }


def train(data, model_dir):
    preparation = Preparation().fit(data)
    model = LogisticRegression(C=0.3, max_iter=600, class_weight="balanced")
    model.fit(preparation.apply(data), data["state"])
    joblib.dump((preparation, model), Path(model_dir) / "states.joblib")


def predict(data, model_dir):
    preparation, model = joblib.load(Path(model_dir) / "states.joblib")
    return model.predict_proba(preparation.apply(data))
