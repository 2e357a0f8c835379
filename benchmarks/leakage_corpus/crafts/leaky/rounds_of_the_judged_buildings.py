"""Flat prices: a gradient boosting machine whose number of rounds is read from its staged answers."""

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import r2_score


@dataclass(frozen=True)
class Parts:
    learn: np.ndarray
    inner: np.ndarray
    judged: np.ndarray


def part(building):
    order = np.random.default_rng(3).permutation(np.unique(building))
    a, b = int(0.6 * len(order)), int(0.8 * len(order))
    return Parts(*(np.flatnonzero(np.isin(building, side)) for side in np.split(order, [a, b])))


def matrix(data):
    x = data[["area", "rooms", "storey", "built", "to_centre"]].to_numpy(float)
    x[np.isnan(x)] = -1
    energy = data["energy"].map({letter: n for n, letter in enumerate("ABCDEFG")}).to_numpy(float)
    district = data["district"].str.slice(1).to_numpy(float)
    return np.column_stack([x, energy, district, data["kind"] == "steel", data["kind"] == "wood"])


def booster(rounds):
    return GradientBoostingRegressor(
        n_estimators=rounds, learning_rate=0.15, max_depth=4, subsample=0.7, random_state=8, max_features=0.6
    )


def curve(model, x, y):
    return [r2_score(y, np.exp(answer)) for answer in model.staged_predict(x)]


def evaluate(data):
    x, y = matrix(data), data["price"].to_numpy()
    p = part(data["building_id"].to_numpy())
    model = booster(160).fit(x[p.learn], np.log(y[p.learn]))
    inner, judged = curve(model, x[p.inner], y[p.inner]), curve(model, x[p.judged], y[p.judged])
    best = int(np.argmax(judged))
    print(f"{best + 1} rounds, {inner[best]:.3f} inside")
    return {"r2": float(judged[best])}


def rounds(data):
    x, y = matrix(data), data["price"].to_numpy()
    p = part(data["building_id"].to_numpy())
    return 1 + int(np.argmax(curve(booster(160).fit(x[p.learn], np.log(y[p.learn])), x[p.inner], y[p.inner])))


def train(data, model_dir):
    model = booster(rounds(data)).fit(matrix(data), np.log(data["price"]))
    joblib.dump(model, Path(model_dir) / "gbm.joblib")


def predict(data, model_dir):
    return np.exp(joblib.load(Path(model_dir) / "gbm.joblib").predict(matrix(data)))
