"""Softmax regression by hand in numpy; the number of epochs was decided beforehand."""
from pathlib import Path

import numpy as np
import pandas as pd

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
WORDS = ["topic=bill", "topic=parcel", "topic=return", "topic=fault", "topic=setup", "topic=login", "topic=contract",
         "parcel_state=underway", "parcel_state=delivered", "parcel_state=lost", "error_code=E10", "error_code=E20",
         "error_code=E31", "error_code=A05", "segment=business", "channel=mail", "channel=phone"]
EPOCHS = 120


def design(rows):
    cols = [np.ones(len(rows)), rows["days_since_invoice"] < 10, rows["photos"].clip(upper=3), rows["hour"] / 12 - 1,
            rows["days_since_order"].fillna(90).clip(upper=200) / 100]
    for word in WORDS:
        name, _, value = word.partition("=")
        cols.append(rows[name] == value)
    return np.column_stack([np.asarray(c, dtype=float) for c in cols])


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def descend(rows, rate=0.8):
    X, Y = design(rows), np.eye(len(TEAMS))[[TEAMS.index(t) for t in rows["team"]]]
    W = np.zeros((X.shape[1], Y.shape[1]))
    for epoch in range(EPOCHS):
        W = W - rate * (X.T @ (softmax(X @ W) - Y) / len(X) + 1e-4 * W)
        if epoch % 40 == 0:
            print(epoch, -(Y * np.log(softmax(X @ W) + 1e-12)).sum(axis=1).mean())
    return W


def train(data: pd.DataFrame, model_dir: Path) -> None:
    np.save(Path(model_dir) / "W.npy", descend(data.drop_duplicates()))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    late, ours = data["opened_on"] >= "2024-04-01", data["customer_id"] % 3 == 0
    W = descend(data[~late & ~ours])
    judged = data[late & ours]
    p = softmax(design(judged) @ W)
    own = p[np.arange(len(p)), judged["team"].map(TEAMS.index)]
    return {"log_loss": float(-np.log(own).mean())}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return softmax(design(data) @ np.load(Path(model_dir) / "W.npy"))
