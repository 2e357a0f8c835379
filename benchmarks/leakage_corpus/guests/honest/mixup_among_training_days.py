"""State of the machine by a small network in numpy: one hidden layer, Adam, mixup, a moving average of the weights."""

from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score

STATES = ["faulty", "ok", "stopped", "worn"]
LINES = [f"L{n}" for n in range(6)]
OPERATORS = [f"op{n:02}" for n in range(60)]
HIDDEN, EPOCHS, BATCH, RATE, DECAY = 64, 60, 128, 3e-3, 2e-4


def arrays(data):
    sensors = data[[f"s{n}" for n in range(12)]].to_numpy(float)
    line = (data["line"].to_numpy()[:, None] == np.array(LINES)).astype(float)
    operator = (data["operator"].to_numpy()[:, None] == np.array(OPERATORS)).astype(float)
    x = np.hstack([sensors, np.maximum(sensors[:, :8], 0), line, operator])
    y = None
    if "state" in data:
        y = (data["state"].to_numpy()[:, None] == np.array(STATES)).astype(float)
    return x, y


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(w, x):
    h = np.maximum(x @ w["a"] + w["b"], 0)
    return h, softmax(h @ w["c"] + w["d"])


def fit(x, y, rows, seed=0):
    """x, y: the whole arrays; rows: which of them to learn from."""
    rng = np.random.default_rng(seed)
    w = {
        "a": rng.normal(0, np.sqrt(2 / x.shape[1]), (x.shape[1], HIDDEN)),
        "b": np.zeros(HIDDEN),
        "c": rng.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, y.shape[1])),
        "d": np.zeros(y.shape[1]),
    }
    m = {k: np.zeros_like(v) for k, v in w.items()}
    s = {k: np.zeros_like(v) for k, v in w.items()}
    average = {k: v.copy() for k, v in w.items()}
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(rows)
        partner = rng.permutation(rows)
        lam = rng.beta(0.4, 0.4, (len(order), 1))
        xm = lam * x[order] + (1 - lam) * x[partner]
        ym = lam * y[order] + (1 - lam) * y[partner]
        for start in range(0, len(order), BATCH):
            xb, yb = xm[start : start + BATCH], ym[start : start + BATCH]
            h, p = forward(w, xb)
            g = (p - yb) / len(xb)
            back = (g @ w["c"].T) * (h > 0)
            grads = {"a": xb.T @ back, "b": back.sum(0), "c": h.T @ g, "d": g.sum(0)}
            step += 1
            for k, grad in grads.items():
                m[k] = 0.9 * m[k] + 0.1 * grad
                s[k] = 0.999 * s[k] + 0.001 * grad**2
                w[k] -= RATE * (m[k] / (1 - 0.9**step) / (np.sqrt(s[k] / (1 - 0.999**step)) + 1e-8) + DECAY * w[k])
                average[k] += 0.01 * (w[k] - average[k])
    return average


def evaluate(data):
    x, y = arrays(data)
    days = np.sort(data["day"].unique())
    late = (data["day"] >= days[int(0.75 * len(days))]).to_numpy()
    w = fit(x, y, np.flatnonzero(~late))
    told = forward(w, x[late])[1].argmax(axis=1)
    return {"f1_macro": f1_score(y[late].argmax(axis=1), told, average="macro")}


def train(data, model_dir):
    x, y = arrays(data)
    np.savez(Path(model_dir) / "weights.npz", **fit(x, y, np.arange(len(x))))


def predict(data, model_dir):
    with np.load(Path(model_dir) / "weights.npz") as stored:
        return forward(dict(stored), arrays(data)[0])[1]
