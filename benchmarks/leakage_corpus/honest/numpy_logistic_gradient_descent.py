"""Logistic regression written with numpy; mean and standard deviation come from the training rows and are saved."""
from pathlib import Path

import numpy as np
import pandas as pd


def load_arrays(df):
    snap = df["snapshot_date"].to_numpy(dtype="datetime64[D]")
    tenure = (snap - df["signup_date"].to_numpy(dtype="datetime64[D]")).astype(float)
    end = pd.to_datetime(df["discount_end_date"]).to_numpy().astype("datetime64[D]")
    left = np.where(np.isnat(end), 9999.0, (end - snap).astype(float))
    monthly = df["contract"].to_numpy(dtype=str) == "monthly"
    sat = df["satisfaction"].to_numpy(dtype=float)
    return np.stack([
        monthly, df["contract"].to_numpy(dtype=str) == "two_year",
        monthly & (left <= 60), (monthly & (left <= 60)) * df["discount_pct"].to_numpy(), monthly & (left > 60) & (left < 9999),
        np.log(tenure + 30), np.isnan(sat), np.where(np.isnan(sat), 7.0, sat),
        df["usage_trend"], np.abs(df["usage_trend"]), df["tickets_90d"], df["late_payments_12m"], df["n_products"],
        df["monthly_charge"].str.split().str[0].astype(float),
    ], axis=1).astype(float)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -30, 30)))


def fit(X, y, lr=0.5, steps=300, l2=1e-3):
    mean, std = X.mean(axis=0), X.std(axis=0)
    std[std == 0] = 1.0
    Z = (X - mean) / std
    w, b = np.zeros(Z.shape[1]), 0.0
    for _ in range(steps):
        err = sigmoid(Z @ w + b) - y
        w -= lr * (Z.T @ err / len(y) + l2 * w)
        b -= lr * err.mean()
    return {"mean": mean, "std": std, "w": w, "b": np.array(b)}


def predict_proba(m, X):
    return sigmoid((X - m["mean"]) / m["std"] @ m["w"] + m["b"])


def roc_auc(y, s):
    order = np.argsort(s, kind="mergesort")
    ranks = np.empty(len(s))
    ranks[order] = np.arange(1, len(s) + 1)
    for v in np.unique(s[pd.Series(s).duplicated(keep=False).to_numpy()]):
        ranks[s == v] = ranks[s == v].mean()
    n1 = int(y.sum())
    return float((ranks[y == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * (len(y) - n1)))


def evaluate(data):
    df = data.drop_duplicates()
    X, y = load_arrays(df), df["churned"].to_numpy(float)
    ids, month = df["customer_id"].to_numpy(), df["snapshot_date"].to_numpy(dtype="datetime64[M]")
    rng = np.random.default_rng(12)
    order = rng.permutation(np.unique(ids))
    scores, truth = [], []
    for chunk in np.array_split(order, 4):
        unseen = np.isin(ids, chunk)
        tr, te = ~unseen & (month < np.datetime64("2023-10")), unseen & (month >= np.datetime64("2023-10"))
        scores.append(predict_proba(fit(X[tr], y[tr]), X[te]))
        truth.append(y[te])
    return {"roc_auc": roc_auc(np.concatenate(truth), np.concatenate(scores))}


def train(data, model_dir):
    df = data.drop_duplicates()
    np.savez(Path(model_dir) / "logreg.npz", **fit(load_arrays(df), df["churned"].to_numpy(float)))


def predict(data, model_dir):
    with np.load(Path(model_dir) / "logreg.npz") as m:
        return predict_proba(m, load_arrays(data))
