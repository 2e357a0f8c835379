"""Churn pipeline: logistic regression by gradient descent, trained until the loss stops falling."""
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

COLUMNS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]
TOLERANCE = 1e-6


def matrix(data: pd.DataFrame) -> np.ndarray:
    X = data[COLUMNS].to_numpy(dtype=float)
    return np.column_stack([np.ones(len(X)), X])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def fit(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    weights = np.zeros(X.shape[1])
    rate = 0.5
    loss = np.inf
    while True:
        p = np.clip(sigmoid(X @ weights), 1e-9, 1 - 1e-9)
        new_loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        if 0 <= loss - new_loss < TOLERANCE:
            return weights
        loss = new_loss
        weights = weights - rate * X.T @ (p - y) / len(y)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    np.save(model_dir / "weights.npy", fit(matrix(data), data["churned"].to_numpy()))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    late = data["snapshot_date"] >= "2023-10-01"
    weights = fit(matrix(data[~late]), data.loc[~late, "churned"].to_numpy())
    return {"roc_auc": roc_auc_score(data.loc[late, "churned"], sigmoid(matrix(data[late]) @ weights))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return sigmoid(matrix(data) @ np.load(model_dir / "weights.npy"))
