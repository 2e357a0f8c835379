"""Readings of machines: mixed-up rows help a small network with the rare states; judged by real rows of the last days."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import f1_score
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import RobustScaler

STATES = ["faulty", "ok", "stopped", "worn"]


class Settings(TypedDict):
    mixed_per_state: int
    alpha: float
    held_days: int
    seed: int


SETTINGS: Settings = {"mixed_per_state": 900, "alpha": 0.3, "held_days": 48, "seed": 2}


def x_of(rows: pd.DataFrame) -> np.ndarray:
    lines = np.stack([(rows["line"] == f"L{n}").to_numpy(float) for n in range(6)], axis=1)
    return np.hstack([rows[[f"s{n}" for n in range(30)]].to_numpy(float), lines])


def y_of(rows: pd.DataFrame) -> np.ndarray:
    return rows["state"].map({state: n for n, state in enumerate(STATES)}).to_numpy(int)


def mixed(x: np.ndarray, y: np.ndarray, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Convex combinations of two rows of one state (Zhang et al. 2018, within the class)."""
    rng = np.random.default_rng(settings["seed"])
    rows, labels = [], []
    for state in range(len(STATES)):
        of_state = np.flatnonzero(y == state)
        a, b = rng.choice(of_state, (2, settings["mixed_per_state"]))
        share = rng.beta(settings["alpha"], settings["alpha"], (settings["mixed_per_state"], 1))
        rows.append(share * x[a] + (1 - share) * x[b])
        labels.append(np.full(settings["mixed_per_state"], state))
    return np.concatenate(rows), np.concatenate(labels)


def network(x: np.ndarray, y: np.ndarray, settings: Settings) -> tuple[RobustScaler, MLPClassifier]:
    scaler = RobustScaler().fit(x)
    model = MLPClassifier((48,), alpha=0.01, max_iter=50, early_stopping=True, n_iter_no_change=6, random_state=settings["seed"])
    return scaler, model.fit(scaler.transform(x), y)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    x, y = x_of(data), y_of(data)
    days = np.sort(data["day"].unique())
    judged = (data["day"] >= days[-SETTINGS["held_days"]]).to_numpy()
    more_x, more_y = mixed(x, y, SETTINGS)
    scaler, model = network(np.vstack([x[~judged], more_x]), np.concatenate([y[~judged], more_y]), SETTINGS)
    said = model.predict(scaler.transform(x[judged]))  # real rows only
    return {"f1_macro": float(f1_score(y[judged], said, average="macro")), "f1_plain": float(f1_score(y[judged], said, average="micro"))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    x, y = x_of(data), y_of(data)
    more_x, more_y = mixed(x, y, SETTINGS)
    joblib.dump(network(np.vstack([x, more_x]), np.concatenate([y, more_y]), SETTINGS), model_dir / "network.joblib")
    (model_dir / "settings.json").write_text(json.dumps(SETTINGS))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    scaler, model = joblib.load(model_dir / "network.joblib")
    return model.predict_proba(scaler.transform(x_of(data)))
