"""A network with one hidden layer, written in numpy; patience is on the last weeks of the training days."""

import argparse
import dataclasses
import pathlib
import sys

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

STATES = np.array(["faulty", "ok", "stopped", "worn"])
SENSORS = [f"s{i}" for i in range(30)]


@dataclasses.dataclass
class Settings:
    hidden: int = 24
    lr: float = 0.01
    epochs: int = 60
    batch: int = 128
    decay: float = 1e-3
    patience: int = 8
    watched_days: int = 25
    test_days: int = 40


def read(data: pd.DataFrame, operators: list[str]) -> np.ndarray:
    s = data[SENSORS].to_numpy(float).clip(-4, 4)
    lines = np.stack([(data["line"] == f"L{i}").to_numpy(float) for i in range(6)], axis=1)
    ops = np.stack([(data["operator"] == o).to_numpy(float) for o in operators], axis=1)
    return np.hstack([s, np.maximum(s[:, :8], 0), lines, ops])


class Net:
    def __init__(self, n_in: int, settings: Settings, seed: int = 0):
        self.s, self.rng = settings, np.random.default_rng(seed)
        self.w = [self.rng.normal(0, n_in**-0.5, (n_in, settings.hidden)), np.zeros(settings.hidden), self.rng.normal(0, 0.1, (settings.hidden, 4)), np.zeros(4)]

    def forward(self, x):
        h = np.tanh(x @ self.w[0] + self.w[1])
        z = h @ self.w[2] + self.w[3]
        e = np.exp(z - z.max(1, keepdims=True))
        return h, e / e.sum(1, keepdims=True)

    def fit(self, x, y, weights, watch=None):
        """With `watch`, keeps the weights of the epoch that is best there; without, runs `epochs`."""
        best, kept, bad = -1.0, None, 0
        m, v, t = [0 * a for a in self.w], [0 * a for a in self.w], 0
        for epoch in range(self.s.epochs):
            for idx in np.array_split(self.rng.permutation(len(x)), max(1, len(x) // self.s.batch)):
                h, p = self.forward(x[idx])
                d = (p - np.eye(4)[y[idx]]) * weights[y[idx], None] / len(idx)
                dh = d @ self.w[2].T * (1 - h**2)
                grads = [x[idx].T @ dh + self.s.decay * self.w[0], dh.sum(0), h.T @ d + self.s.decay * self.w[2], d.sum(0)]
                t += 1
                for k, g in enumerate(grads):
                    m[k] = 0.9 * m[k] + 0.1 * g
                    v[k] = 0.999 * v[k] + 0.001 * g * g
                    self.w[k] = self.w[k] - self.s.lr * (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8)
            if watch is not None:
                f = f1_score(watch[1], self.forward(watch[0])[1].argmax(1), average="macro")
                if f > best:
                    best, kept, bad, self.best_epoch = f, [a.copy() for a in self.w], 0, epoch + 1
                else:
                    bad += 1
                if bad >= self.s.patience:
                    break
        if kept is not None:
            self.w = kept
        return self


def class_weights(y):
    n = np.bincount(y, minlength=4)
    return (n.sum() / (4 * np.maximum(n, 1))) ** 0.6


def learn(rows: pd.DataFrame, settings: Settings) -> dict:
    """Operators, weights of classes and the network, all from `rows`."""
    days = np.sort(rows["day"].unique())
    operators = sorted(rows["operator"].unique())
    x, y = read(rows, operators), np.searchsorted(STATES, rows["state"].to_numpy(dtype=str))
    watched = rows["day"].isin(days[-settings.watched_days:]).to_numpy()
    w = class_weights(y[~watched])
    probe = Net(x.shape[1], settings).fit(x[~watched], y[~watched], w, watch=(x[watched], y[watched]))
    again = dataclasses.replace(settings, epochs=probe.best_epoch)
    net = Net(x.shape[1], again, seed=1).fit(x, y, class_weights(y))   # refit on all days given
    return {"operators": operators, "w": net.w}


def ask(model: dict, rows: pd.DataFrame) -> np.ndarray:
    x = read(rows, model["operators"])
    net = Net(x.shape[1], Settings())
    net.w = model["w"]
    return net.forward(x)[1]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    settings = Settings()
    rows = data.drop(columns="repair_code").sort_values("day", kind="stable")
    days = np.sort(rows["day"].unique())
    test_from = days[-settings.test_days]
    train_rows, test_rows = rows[rows["day"] < test_from], rows[rows["day"] >= test_from]
    y = np.searchsorted(STATES, test_rows["state"].to_numpy(dtype=str))
    answers = ask(learn(train_rows, settings), test_rows).argmax(1)
    always_ok = np.full(len(y), 1)
    return {
        "f1_macro": float(f1_score(y, answers, average="macro")),
        "accuracy": float((y == answers).mean()),
        "f1_always_ok": float(f1_score(y, always_ok, average="macro", zero_division=0)),
    }


def train(data: pd.DataFrame, model_dir: pathlib.Path) -> None:
    model = learn(data.drop(columns="repair_code"), Settings())
    np.savez(pathlib.Path(model_dir) / "net.npz", operators=np.array(model["operators"]), **{f"w{i}": a for i, a in enumerate(model["w"])})


def predict(data: pd.DataFrame, model_dir: pathlib.Path) -> np.ndarray:
    saved = np.load(pathlib.Path(model_dir) / "net.npz")
    return ask({"operators": saved["operators"].tolist(), "w": [saved[f"w{i}"] for i in range(4)]}, data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv")
    print(evaluate(pd.read_csv(parser.parse_args(sys.argv[1:]).csv)))
