"""Gaps lie on the line between the readings around them; a plain logistic regression written in numpy."""

import pickle

import numpy as np
import pandas as pd

GAPS = ["battery_v", "oil_ppm"]
NAMES = ["battery_v", "oil_ppm", "warnings", "rented_days", "odometer_km", "brake_mm"]


def average_precision(y, s):
    order = np.argsort(-s, kind="stable")
    hits = np.cumsum(y[order])
    ranks = np.arange(1, len(y) + 1)
    last_of_ties = np.r_[s[order][1:] != s[order][:-1], True]
    precision, recall = (hits / ranks)[last_of_ties], hits[last_of_ties] / hits[-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def bridged(rows):
    """A van's readings in the order of days, without gaps."""
    rows = rows.sort_values(["van_id", "visited_on"], kind="stable").reset_index(drop=True)
    for name in GAPS:
        rows[name] = rows.groupby("van_id")[name].transform(lambda s: s.interpolate(limit_direction="both"))
    return rows


class Logit:
    def __init__(self, rows, steps=60, ridge=3.0):
        x = rows[NAMES].to_numpy(float)
        self.middle = np.nanmedian(x, axis=0)
        x = np.where(np.isnan(x), self.middle, x)
        self.mean, self.scale = x.mean(0), x.std(0) + 1e-9
        x = np.c_[np.ones(len(x)), (x - self.mean) / self.scale]
        y = rows["stranded"].to_numpy(float)
        self.w = np.zeros(x.shape[1])
        keep = np.diag(np.r_[0.0, np.full(x.shape[1] - 1, ridge)])
        for _ in range(steps):  # Newton's method
            p = 1 / (1 + np.exp(-x @ self.w))
            step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + keep, x.T @ (y - p) - keep @ self.w)
            self.w += step
            if np.abs(step).max() < 1e-9:
                break

    def __call__(self, rows):
        x = rows[NAMES].to_numpy(float)
        x = (np.where(np.isnan(x), self.middle, x) - self.mean) / self.scale
        return 1 / (1 + np.exp(-(self.w[0] + x @ self.w[1:])))


def evaluate(data):
    rows = bridged(data)
    day = pd.to_datetime(rows["visited_on"])
    cuts = day.quantile([0.6, 0.7, 0.8, 0.9, 1.0]).to_list()
    found = []
    for start, stop in zip(cuts, cuts[1:]):
        model = Logit(rows[day < start - pd.Timedelta(days=30)])
        part = rows[(day >= start) & (day <= stop)]
        found.append(average_precision(part["stranded"].to_numpy(), model(part)))
    return {"average_precision": float(np.mean(found)), "worst": float(np.min(found))}


def train(data, model_dir):
    rows = bridged(data)
    newest = rows.groupby("van_id")[GAPS].last()
    (model_dir / "logit.pkl").write_bytes(pickle.dumps((Logit(rows).__dict__, newest)))


def predict(data, model_dir):
    state, newest = pickle.loads((model_dir / "logit.pkl").read_bytes())
    model = Logit.__new__(Logit)
    model.__dict__ = state
    rows = data.copy()
    for name in GAPS:
        rows[name] = rows[name].fillna(rows["van_id"].map(newest[name]))
    return model(rows)
