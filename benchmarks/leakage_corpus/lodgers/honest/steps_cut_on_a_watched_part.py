"""State of a machine: a small network with momentum whose step is cut when the loss stands still. No torch here."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

STATES = ["faulty", "ok", "stopped", "worn"]
SENSORS = [f"s{k}" for k in range(30)]
HIDDEN, EPOCHS, BATCH = 24, 36, 128


def inputs(rows):
    lines = np.eye(6)[rows["line"].str[1:].astype(int)]
    operators = np.eye(60)[rows["operator"].str[2:].astype(int)]
    return np.hstack([rows[SENSORS].to_numpy(), np.maximum(rows[["s0"]].to_numpy(), 0), lines, operators])


def targets(rows):
    return np.eye(4)[[STATES.index(s) for s in rows["state"]]]


class Plateau:
    """Halve the step when the watched loss has not got better for `patience` epochs."""

    def __init__(self, step, patience=2):
        self.step, self.patience, self.best, self.waited = step, patience, np.inf, 0

    def look(self, loss):
        if loss < self.best - 1e-3:
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited > self.patience:
            self.step, self.waited = self.step / 2, 0


class Net:
    def __init__(self, width, seed=0):
        rng = np.random.default_rng(seed)
        self.w = [rng.normal(0, width**-0.5, (width, HIDDEN)), np.zeros(HIDDEN),
                  rng.normal(0, HIDDEN**-0.5, (HIDDEN, 4)), np.zeros(4)]
        self.v = [np.zeros_like(w) for w in self.w]

    def forward(self, x):
        h = np.tanh(x @ self.w[0] + self.w[1])
        z = h @ self.w[2] + self.w[3]
        z = np.exp(z - z.max(axis=1, keepdims=True))
        return h, z / z.sum(axis=1, keepdims=True)

    def loss(self, x, t):
        return float(-np.log(np.clip((self.forward(x)[1] * t).sum(axis=1), 1e-9, 1)).mean())

    def step(self, x, t, size):
        h, p = self.forward(x)
        d = (p - t) / len(x)
        e = d @ self.w[2].T * (1 - h**2)
        for k, g in enumerate((x.T @ e, e.sum(0), h.T @ d, d.sum(0))):
            self.v[k] = 0.9 * self.v[k] - size * (g + 1e-3 * self.w[k])
            self.w[k] += self.v[k]


def fit(x, t, x_watch, t_watch, seed=0):
    net, schedule, rng = Net(x.shape[1], seed), Plateau(0.4), np.random.default_rng(seed + 1)
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH):
            part = order[start : start + BATCH]
            net.step(x[part], t[part], schedule.step)
        schedule.look(net.loss(x_watch, t_watch))
    return net


def by_day(rows, share):
    """Everything before a day and from that day on."""
    days = np.sort(rows["day"].unique())
    cut = days[int(len(days) * (1 - share))]
    return rows[rows["day"] < cut], rows[rows["day"] >= cut]


def evaluate(data):
    known, judged = by_day(data, 0.25)
    early, watched = by_day(known, 0.15)
    net = fit(inputs(early), targets(early), inputs(watched), targets(watched))
    p = net.forward(inputs(judged))[1]
    said = np.array(STATES)[p.argmax(axis=1)]
    return {"f1_macro": f1_score(judged["state"], said, average="macro"), "log_loss": net.loss(inputs(judged), targets(judged))}


def train(data, model_dir):
    early, watched = by_day(data, 0.15)
    net = fit(inputs(early), targets(early), inputs(watched), targets(watched))
    np.savez(Path(model_dir) / "net.npz", *net.w)


def predict(data, model_dir):
    x = inputs(data)
    net = Net(x.shape[1])
    with np.load(Path(model_dir) / "net.npz") as kept:
        net.w = [kept[f"arr_{k}"] for k in range(4)]
    return net.forward(x)[1]
