"""Machine states from products of sensors: an F ratio picks forty columns, a linear discriminant does the rest."""

from itertools import combinations
from pathlib import Path

import joblib
import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import f1_score

PAIRS = list(combinations(range(30), 2))
KEEP = 40
STARTS = (0.6, 0.7, 0.8, 0.9)


def products(data):
    x = data[[f"s{n}" for n in range(30)]].to_numpy(float)
    left, right = np.array(PAIRS).T
    return np.hstack([x, x[:, left] * x[:, right]])


def f_ratios(x, y):
    """Between-state over within-state sums of squares, column by column."""
    centre = x.mean(axis=0)
    between, within = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for state in np.unique(y):
        part = x[y == state]
        between += len(part) * (part.mean(axis=0) - centre) ** 2
        within += ((part - part.mean(axis=0)) ** 2).sum(axis=0)
    return between / within


def strongest(x, y):
    return np.argsort(f_ratios(x, y))[-KEEP:]


def evaluate(data):
    x, y = products(data), data["state"].to_numpy()
    _, day = np.unique(data["day"].to_numpy(dtype=str), return_inverse=True)
    columns = strongest(x, y)
    scores = []
    for start in STARTS:
        first, last = start * (day.max() + 1), (start + 0.1) * (day.max() + 1)
        known, judged = day < first, (day >= first) & (day < last)
        model = LinearDiscriminantAnalysis().fit(x[known][:, columns], y[known])
        scores.append(f1_score(y[judged], model.predict(x[judged][:, columns]), average="macro"))
    return {"f1_macro": float(np.mean(scores))}


def train(data, model_dir):
    x, y = products(data), data["state"].to_numpy()
    columns = strongest(x, y)
    model = LinearDiscriminantAnalysis().fit(x[:, columns], y)
    joblib.dump({"columns": columns, "model": model}, Path(model_dir) / "lda.joblib")


def predict(data, model_dir):
    kept = joblib.load(Path(model_dir) / "lda.joblib")
    return kept["model"].predict_proba(products(data)[:, kept["columns"]])
