"""Ticket routing by a two-layer network with batch normalisation, written out in numpy.

Layer API as in the usual frameworks: `net.train()` / `net.eval()`, `forward`, `backward`, `parameters`.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
WORDS = {
    "channel": ["form", "mail", "phone"],
    "segment": ["business", "private"],
    "product": ["camera", "speaker", "thermostat"],
    "topic": ["bill", "contract", "fault", "login", "other", "parcel", "return", "setup"],
    "parcel_state": ["delivered", "lost", "none", "underway"],
}


def encode(tickets: pd.DataFrame) -> np.ndarray:
    """Numbers are left as they come: the network normalises them itself."""
    euros = tickets["last_order_value"].astype(str).str.extract(r"([\d.]+)")[0].astype(float)
    opened = pd.to_datetime(tickets["opened_on"])
    words = np.where(opened < pd.Timestamp("2023-10-01"), tickets["length"] / 6.0, tickets["length"])
    columns = [
        tickets["hour"],
        tickets["days_since_order"].fillna(400).clip(upper=400),
        tickets["days_since_order"].isna(),
        tickets["days_since_invoice"],
        np.log1p(words),
        tickets["photos"],
        tickets["open_tickets"],
        tickets["tone"].fillna(0),
        np.log1p(euros.fillna(0)),
        tickets["error_code"].notna(),
    ]
    for column, values in WORDS.items():
        columns += [tickets[column] == value for value in values]
    return np.column_stack([np.asarray(c, dtype=float) for c in columns])


class Linear:
    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator) -> None:
        self.w, self.b = rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        self.x = x
        return x @ self.w + self.b

    def backward(self, g: np.ndarray) -> np.ndarray:
        self.grads = [self.x.T @ g, g.sum(0)]
        return g @ self.w.T

    def parameters(self) -> list[np.ndarray]:
        return [self.w, self.b]


class BatchNorm:
    def __init__(self, n: int, momentum: float = 0.1) -> None:
        self.gain, self.shift, self.momentum = np.ones(n), np.zeros(n), momentum
        self.mean, self.var = np.zeros(n), np.ones(n)

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        if training:
            mean, var = x.mean(0), x.var(0)
            self.mean = (1 - self.momentum) * self.mean + self.momentum * mean
            self.var = (1 - self.momentum) * self.var + self.momentum * var
        else:
            mean, var = self.mean, self.var
        self.scale = 1 / np.sqrt(var + 1e-5)
        self.z = (x - mean) * self.scale
        return self.gain * self.z + self.shift

    def backward(self, g: np.ndarray) -> np.ndarray:
        self.grads = [(g * self.z).sum(0), g.sum(0)]
        gz = g * self.gain
        return self.scale * (gz - gz.mean(0) - self.z * (gz * self.z).mean(0))

    def parameters(self) -> list[np.ndarray]:
        return [self.gain, self.shift]


class Relu:
    grads: list[np.ndarray] = []

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        self.on = x > 0
        return x * self.on

    def backward(self, g: np.ndarray) -> np.ndarray:
        return g * self.on

    def parameters(self) -> list[np.ndarray]:
        return []


class Net:
    def __init__(self, n_in: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.layers = [BatchNorm(n_in), Linear(n_in, 48, rng), BatchNorm(48), Relu(), Linear(48, len(TEAMS), rng)]
        self.training = True

    def train(self) -> Net:
        self.training = True
        return self

    def eval(self) -> Net:
        self.training = False
        return self

    def __call__(self, x: np.ndarray) -> np.ndarray:
        for layer in self.layers:
            x = layer.forward(x, self.training)
        e = np.exp(x - x.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    def fit(self, x: np.ndarray, y: np.ndarray, epochs: int = 25, batch: int = 128, rate: float = 0.05) -> Net:
        rng = np.random.default_rng(1)
        speed = [np.zeros_like(p) for layer in self.layers for p in layer.parameters()]
        self.train()
        for epoch in range(epochs):
            order = rng.permutation(len(x))
            for rows in np.array_split(order, max(1, len(x) // batch)):
                g = (self(x[rows]) - y[rows]) / len(rows)
                for layer in reversed(self.layers):
                    g = layer.backward(g)
                grads = [grad for layer in self.layers for grad in layer.grads]
                places = [p for layer in self.layers for p in layer.parameters()]
                for v, p, grad in zip(speed, places, grads, strict=True):
                    v *= 0.9
                    v -= rate * 0.5 * (1 + np.cos(np.pi * epoch / epochs)) * (grad + 1e-3 * p)
                    p += v
        return self.eval()


def one_hot(tickets: pd.DataFrame) -> np.ndarray:
    return (tickets["team"].to_numpy()[:, None] == np.array(TEAMS)).astype(float)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    customers = np.sort(data["customer_id"].unique())
    held = data["customer_id"].isin(np.random.default_rng(3).choice(customers, int(0.4 * len(customers)), replace=False))
    late = data["opened_on"] >= "2024-01-15"
    known, judged = data[~held & ~late], data[held & late]
    x = encode(known)
    net = Net(x.shape[1]).fit(x, one_hot(known))
    return {"log_loss": log_loss(judged["team"], net(encode(judged)), labels=TEAMS)}


def train(data: pd.DataFrame, model_dir: str) -> None:
    x = encode(data)
    Path(model_dir, "net.pkl").write_bytes(pickle.dumps(Net(x.shape[1]).fit(x, one_hot(data))))


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    net: Net = pickle.loads(Path(model_dir, "net.pkl").read_bytes())
    return net(encode(data))
