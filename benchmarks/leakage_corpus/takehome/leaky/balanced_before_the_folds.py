"""State of a machine.  Rare states are brought up to strength, then an ensemble is judged on three folds in order of time."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.metrics import classification_report, f1_score
from sklearn.model_selection import TimeSeriesSplit

STATES = ["faulty", "ok", "stopped", "worn"]
SENSORS = [f"s{i}" for i in range(30)]


def load(data):
    return data.sort_values("day", kind="stable").reset_index(drop=True)


def engineer(df):
    """Sensors, a few interactions, the line."""
    X = df[SENSORS].copy()
    X["heat"] = df[["s0", "s1", "s2"]].max(axis=1)
    X["spread"] = df[SENSORS].std(axis=1)
    X["s0_pos"] = df["s0"].clip(lower=0)
    for line in range(6):
        X[f"line_{line}"] = (df["line"] == f"L{line}").astype(int)
    return X


def balance(df, target="state", share=0.6, seed=0):
    """Repeat readings of rare states until each has at least `share` of the most frequent one."""
    rng = np.random.default_rng(seed)
    wanted = int(df[target].value_counts().max() * share)
    parts = [df]
    for _, rows in df.groupby(target):
        missing = wanted - len(rows)
        if missing > 0:
            parts.append(rows.iloc[rng.integers(0, len(rows), missing)])
    return pd.concat(parts, ignore_index=True)


class Ensemble:
    """Soft vote of boosting and extra trees, two seeds each."""

    def __init__(self, seeds=(0, 1)):
        self.members = [
            *[HistGradientBoostingClassifier(max_iter=30, learning_rate=0.12, max_leaf_nodes=10, random_state=s) for s in seeds],
            *[ExtraTreesClassifier(50, min_samples_leaf=3, max_features=0.4, random_state=s) for s in seeds],
        ]

    def fit(self, X, y):
        for member in self.members:
            member.fit(X, y)
        return self

    def predict_proba(self, X):
        return np.mean([m.predict_proba(X) for m in self.members], axis=0)

    def predict(self, X):
        return np.array(STATES)[self.predict_proba(X).argmax(axis=1)]


def time_cv(df, n_splits=3):
    X, y = engineer(df), df["state"]
    scores = []
    for fold, (past, future) in enumerate(TimeSeriesSplit(n_splits=n_splits, test_size=len(df) // 6).split(X)):
        model = Ensemble().fit(X.iloc[past], y.iloc[past])
        said = model.predict(X.iloc[future])
        print(f"fold {fold}\n{classification_report(y.iloc[future], said, zero_division=0)}")
        scores.append(f1_score(y.iloc[future], said, average="macro"))
    return scores


def evaluate(data):
    scores = time_cv(balance(load(data)))
    return {"f1_macro": float(np.mean(scores)), "f1_macro_sd": float(np.std(scores))}


def train(data, model_dir):
    df = balance(load(data))
    joblib.dump(Ensemble().fit(engineer(df), df["state"]), Path(model_dir) / "ensemble.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "ensemble.joblib").predict_proba(engineer(data))
