"""Machine states: columns have to beat shuffled shadows of themselves in each window before a forest gets them."""

import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score

log = logging.getLogger(__name__)
SENSORS = [f"s{number}" for number in range(30)]


class ShadowSelector:
    """Boruta in short: how often a column is worth more than the best of the shuffled ones."""

    def __init__(self, rounds=4, needed=3, seed=0):
        self.rounds, self.needed, self.seed = rounds, needed, seed

    def fit(self, x, y):
        rng = np.random.default_rng(self.seed)
        hits = np.zeros(x.shape[1], dtype=int)
        for turn in range(self.rounds):
            shadows = rng.permuted(x, axis=0)
            forest = ExtraTreesClassifier(30, max_depth=7, random_state=turn, n_jobs=1)
            worth = forest.fit(np.hstack([x, shadows]), y).feature_importances_
            hits += worth[: x.shape[1]] > np.quantile(worth[x.shape[1] :], 0.9)
        self.kept_ = np.flatnonzero(hits >= self.needed)
        log.info("kept %d of %d columns", len(self.kept_), x.shape[1])
        return self

    def transform(self, x):
        return x[:, self.kept_]


def raw(data):
    line = data["line"].str[1:].astype(int)
    operator = data["operator"].str[2:].astype(int)
    products = data[SENSORS[:6]].to_numpy()[:, :, None] * data[SENSORS[:6]].to_numpy()[:, None, :]
    upper = np.triu_indices(6)
    return np.column_stack([data[SENSORS], products[:, upper[0], upper[1]], line, operator])


def forest():
    return ExtraTreesClassifier(80, min_samples_leaf=2, class_weight="balanced", random_state=1, n_jobs=1)


def windows(days, count=3, length=30):
    last = days.max()
    for back in range(count, 0, -1):
        start = last - pd.Timedelta(days=back * length - 1)
        yield days < start, (days >= start) & (days < start + pd.Timedelta(days=length))


def evaluate(data):
    x, y = raw(data), data["state"].to_numpy()
    scores = []
    for past, ahead in windows(pd.to_datetime(data["day"]).to_numpy()):
        chosen = ShadowSelector(seed=4).fit(x[past], y[past])
        model = forest().fit(chosen.transform(x[past]), y[past])
        scores.append(f1_score(y[ahead], model.predict(chosen.transform(x[ahead])), average="macro"))
    return {"f1_macro": float(np.mean(scores))}


def train(data, model_dir):
    x, y = raw(data), data["state"].to_numpy()
    chosen = ShadowSelector(seed=4).fit(x, y)
    joblib.dump((chosen.kept_, forest().fit(chosen.transform(x), y)), Path(model_dir) / "states.joblib")


def predict(data, model_dir):
    kept, model = joblib.load(Path(model_dir) / "states.joblib")
    return model.predict_proba(raw(data)[:, kept])
