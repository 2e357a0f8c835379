"""Store demand: embeddings of stores and articles by mini-batches in NumPy; the rate falls when inner weeks stall."""

from pathlib import Path

import numpy as np
import pandas as pd

RANK, EPOCHS, BATCH = 4, 25, 512


class Embeddings:
    """log(units) = base + store + article + store x article + numbers; trained by Adagrad on squared errors."""

    def __init__(self, stores, articles, numbers, seed=0):
        rng = np.random.default_rng(seed)
        self.stores, self.articles = list(stores), list(articles)
        self.p = {
            "s": np.zeros(len(stores) + 1),
            "a": np.zeros(len(articles) + 1),
            "u": rng.normal(0, 0.05, (len(stores) + 1, RANK)),
            "v": rng.normal(0, 0.05, (len(articles) + 1, RANK)),
            "w": np.zeros(numbers),
        }
        self.base = 2.0

    def codes(self, rows):
        store = pd.Index(self.stores).get_indexer(rows["store_id"])
        article = pd.Index(self.articles).get_indexer(rows["article"])
        return np.where(store < 0, len(self.stores), store), np.where(article < 0, len(self.articles), article)

    def logs(self, s, a, x):
        p = self.p
        return self.base + p["s"][s] + p["a"][a] + (p["u"][s] * p["v"][a]).sum(axis=1) + x @ p["w"]

    def step(self, s, a, x, y, rate, memory):
        p, wrong = self.p, self.logs(s, a, x) - y
        slopes = {name: np.zeros_like(value) for name, value in p.items()}
        np.add.at(slopes["s"], s, wrong)
        np.add.at(slopes["a"], a, wrong)
        np.add.at(slopes["u"], s, wrong[:, None] * p["v"][a])
        np.add.at(slopes["v"], a, wrong[:, None] * p["u"][s])
        slopes["w"] = x.T @ wrong
        for name, value in p.items():
            slope = slopes[name] / len(y) + 1e-4 * value
            memory[name] += slope**2
            value -= rate * slope / np.sqrt(memory[name] + 1e-8)


def numbers(rows):
    days = pd.to_datetime(rows["date"])
    week = 2 * np.pi * days.dt.dayofyear / 365
    return np.column_stack(
        [
            np.log(rows["size_m2"]) - 6,
            rows["discount"],
            rows["in_leaflet"],
            np.log1p(rows["shelf_units"]) - 2,
            np.log(rows["price_eur"]),
            days.dt.dayofweek == 5,
            np.sin(week),
            np.cos(week),
        ]
    ).astype(float)


def tidy(data):
    return data.assign(article=data["article"].str.strip().str.lower())


def optimised(rows, watched, seed=3):
    """Train on `rows`; halve the rate whenever the mean error on `watched` has stalled, and end after four times."""
    model = Embeddings(sorted(rows["store_id"].unique()), sorted(rows["article"].unique()), 8, seed)
    (s, a), x, y = model.codes(rows), numbers(rows), np.log1p(rows["units"].to_numpy(float))
    (ws, wa), wx, wy = model.codes(watched), numbers(watched), watched["units"].to_numpy(float)
    memory = {name: np.zeros_like(value) for name, value in model.p.items()}
    rng, rate, best, falls = np.random.default_rng(seed), 0.2, np.inf, 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(y))
        for at in range(0, len(y), BATCH):
            b = order[at : at + BATCH]
            model.step(s[b], a[b], x[b], y[b], rate, memory)
        error = np.abs(np.expm1(model.logs(ws, wa, wx)) - wy).mean()
        if error > best - 0.002:
            rate, falls = rate / 2, falls + 1
        best = min(best, error)
        if falls == 4:
            break
    return model


def answers(model, rows):
    s, a = model.codes(rows)
    return np.maximum(np.expm1(model.logs(s, a, numbers(rows))), 0)


def evaluate(data):
    rows = tidy(data.drop_duplicates())
    known, ahead = rows[rows["date"] < "2023-12-20"], rows[rows["date"] >= "2023-12-20"]
    inner = known["date"] >= "2023-11-01"
    model = optimised(known[~inner], known[inner])
    return {"mae": float(np.abs(ahead["units"].to_numpy() - answers(model, ahead)).mean())}


def train(data, model_dir):
    rows = tidy(data.drop_duplicates())
    inner = rows["date"] >= "2024-01-10"
    model = optimised(rows[~inner], rows[inner])
    np.savez(Path(model_dir) / "model.npz", stores=model.stores, articles=model.articles, **model.p)


def predict(data, model_dir):
    kept = np.load(Path(model_dir) / "model.npz")
    model = Embeddings(kept["stores"].tolist(), kept["articles"].tolist(), 8)
    model.p = {name: kept[name] for name in model.p}
    return answers(model, tidy(data))
