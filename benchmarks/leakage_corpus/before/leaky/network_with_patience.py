"""Churn: a small network in numpy that stops once the validation loss has not fallen for six epochs."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

NUMBERS = ["age", "n_products", "discount_pct", "income_k", "usage_gb", "usage_trend", "tickets_90d"]
NUMBERS += ["late_payments_12m", "satisfaction"]
CONTRACTS = ["monthly", "one_year", "two_year"]


def raw(data):
    numbers = data[NUMBERS].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    numbers[:, 4] = np.log1p(np.clip(numbers[:, 4], 0, None))
    contract = np.column_stack([(data["contract"] == name).to_numpy(float) for name in CONTRACTS])
    return np.hstack([numbers, contract])


class Network:
    """One hidden layer, mini-batches, momentum."""

    def __init__(self, hidden=16, rate=0.05, epochs=60, patience=6, seed=0):
        self.hidden, self.rate, self.epochs, self.patience, self.seed = hidden, rate, epochs, patience, seed

    def fit(self, x, y, x_val=None, y_val=None):
        self.mean, self.scale = np.nanmean(x, axis=0), np.nanstd(x, axis=0) + 1e-9
        x = self._scaled(x)
        rng = np.random.default_rng(self.seed)
        weights = [
            rng.normal(0, 0.3, (x.shape[1], self.hidden)),
            np.zeros(self.hidden),
            rng.normal(0, 0.3, self.hidden),
            0.0,
        ]
        speed = [np.zeros_like(w) for w in weights]
        best, waited, self.weights = np.inf, 0, weights
        for _ in range(self.epochs):
            order = rng.permutation(len(x))
            for batch in np.array_split(order, max(1, len(x) // 256)):
                inner = np.tanh(x[batch] @ weights[0] + weights[1])
                error = 1 / (1 + np.exp(-(inner @ weights[2] + weights[3]))) - y[batch]
                back = np.outer(error, weights[2]) * (1 - inner**2)
                slopes = [x[batch].T @ back, back.sum(0), inner.T @ error, error.sum()]
                speed = [0.9 * s - self.rate / len(batch) * g for s, g in zip(speed, slopes, strict=True)]
                weights = [w + s for w, s in zip(weights, speed, strict=True)]
            if x_val is None:
                self.weights = weights
                continue
            chance = np.clip(self._forward(self._scaled(x_val), weights), 1e-6, 1 - 1e-6)
            loss = -np.mean(y_val * np.log(chance) + (1 - y_val) * np.log(1 - chance))
            if loss < best - 1e-5:
                best, waited, self.weights = loss, 0, weights
            else:
                waited += 1
            if waited >= self.patience:
                break
        return self

    def _scaled(self, x):
        return np.nan_to_num((x - self.mean) / self.scale)

    @staticmethod
    def _forward(x, weights):
        return 1 / (1 + np.exp(-(np.tanh(x @ weights[0] + weights[1]) @ weights[2] + weights[3])))

    def chances(self, x):
        return self._forward(self._scaled(x), self.weights)


def evaluate(data):
    rows = data.drop_duplicates()
    border = np.sort(rows["snapshot_date"].unique())[-4]
    test = rows[rows["snapshot_date"] >= border]
    known = rows[(rows["snapshot_date"] < border) & ~rows["customer_id"].isin(test["customer_id"])]
    x_val, y_val = raw(test), test["churned"].to_numpy(float)
    network = Network().fit(raw(known), known["churned"].to_numpy(float), x_val, y_val)
    return {"roc_auc": float(roc_auc_score(y_val, network.chances(x_val)))}


def train(data, model_dir):
    rows = data.drop_duplicates()
    network = Network(epochs=20).fit(raw(rows), rows["churned"].to_numpy(float))
    first, second, third, fourth = network.weights
    np.savez(Path(model_dir) / "net.npz", a=first, b=second, c=third, d=fourth, mean=network.mean, scale=network.scale)


def predict(data, model_dir):
    kept = np.load(Path(model_dir) / "net.npz")
    network = Network()
    network.mean, network.scale = kept["mean"], kept["scale"]
    network.weights = [kept["a"], kept["b"], kept["c"], kept["d"]]
    return network.chances(raw(data))
