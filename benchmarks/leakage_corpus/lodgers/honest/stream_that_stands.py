"""Vans one visit at a time: running scaler (Welford), logistic regression by AdaGrad, as if visits came in a stream.

The interface is that of stream learners: learn_one, transform_one, predict_proba_one.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

WORRY = ("weak", "start", "leak")


class RunningScaler:
    def __init__(self):
        self.n, self.mean, self.m2 = defaultdict(int), defaultdict(float), defaultdict(float)

    def learn_one(self, x: dict[str, float]) -> RunningScaler:
        for key, value in x.items():
            self.n[key] += 1
            delta = value - self.mean[key]
            self.mean[key] += delta / self.n[key]
            self.m2[key] += delta * (value - self.mean[key])
        return self

    def transform_one(self, x: dict[str, float]) -> dict[str, float]:
        out = {}
        for key, value in x.items():
            sd = math.sqrt(self.m2[key] / self.n[key]) if self.n[key] > 1 else 0.0
            out[key] = max(-4.0, min(4.0, (value - self.mean[key]) / sd)) if sd else 0.0
        return out


class OnlineLogistic:
    def __init__(self, rate: float = 0.15):
        self.rate, self.w, self.g, self.bias = rate, defaultdict(float), defaultdict(lambda: 1e-2), -2.5

    def predict_proba_one(self, x: dict[str, float]) -> float:
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.bias + sum(self.w[k] * v for k, v in x.items())))))

    def learn_one(self, x: dict[str, float], y: int) -> None:
        error = self.predict_proba_one(x) - y
        self.bias -= 0.02 * error
        for key, value in x.items():
            step = error * value
            self.g[key] += step * step
            self.w[key] -= self.rate / math.sqrt(self.g[key]) * step


class Stream:
    """Scaler, then learner."""

    def __init__(self):
        self.scaler, self.learner = RunningScaler(), OnlineLogistic()

    def learn(self, visit: dict[str, float], y: int) -> None:
        self.learner.learn_one(self.scaler.learn_one(visit).transform_one(visit), y)

    def chance(self, visit: dict[str, float]) -> float:
        return self.learner.predict_proba_one(self.scaler.transform_one(visit))


def visits(table: pd.DataFrame) -> list[dict[str, float]]:
    """Readings of a visit; what was not read is not there."""
    found = []
    for row in table.to_dict("records"):
        note = row["note"] if isinstance(row["note"], str) else ""
        visit = {
            "volts": row["battery_v"],
            "oil": math.log(row["oil_ppm"]) if row["oil_ppm"] == row["oil_ppm"] else float("nan"),
            "odometer": row["odometer_km"] / 1000,
            "pace": row["km_since_last"] / row["days_since_last"] if row["days_since_last"] else float("nan"),
            "brake": row["brake_mm"],
            "warnings": float(row["warnings"]),
            "rented": float(row["rented_days"]),
            "worry": float(any(word in note.lower() for word in WORRY)),
        }
        found.append({key: value for key, value in visit.items() if value == value})
    return found


def run(table: pd.DataFrame) -> Stream:
    stream = Stream()
    table = table.sort_values("visited_on", kind="stable")
    for _ in range(3):
        for visit, y in zip(visits(table), table["stranded"].astype(int)):
            stream.learn(visit, y)
    return stream


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    number = data["van_id"].str[1:].astype(int)
    stream = run(data[(data["visited_on"] < "2024-07-01") & (number % 5 < 3)])
    judged = data[(data["visited_on"] >= "2024-07-01") & (number % 5 >= 3)]
    chances = [stream.chance(visit) for visit in visits(judged.drop(columns="tow_minutes"))]
    return {"average_precision": float(average_precision_score(judged["stranded"], chances))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    stream = run(data)
    state = {
        "scaler": {name: dict(vars(stream.scaler)[name]) for name in ("n", "mean", "m2")},
        "weights": dict(stream.learner.w),
        "bias": stream.learner.bias,
    }
    (Path(model_dir) / "stream.json").write_text(json.dumps(state))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    state, stream = json.loads((Path(model_dir) / "stream.json").read_text()), Stream()
    for name, values in state["scaler"].items():
        vars(stream.scaler)[name].update(values)
    stream.learner.w.update(state["weights"])
    stream.learner.bias = state["bias"]
    return np.array([stream.chance(visit) for visit in visits(data)])
