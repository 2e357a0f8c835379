"""Logistic regression written out in numpy, nothing hidden in a library."""

import numpy as np
import pandas as pd

NUM = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]


def matrix(d):
    cols = [d[c].to_numpy(float) for c in NUM]
    cols.append(np.abs(d["usage_trend"].to_numpy(float)))
    cols.append(np.array([float(t.split(" ")[0]) for t in d["monthly_charge"]]))
    cols.append((d["contract"] == "monthly").to_numpy(float))
    cols.append((d["contract"] == "two_year").to_numpy(float))
    s = d["satisfaction"].to_numpy(float)
    cols += [np.isnan(s).astype(float), np.where(np.isnan(s), 7.0, s)]
    tenure = (pd.to_datetime(d["snapshot_date"]) - pd.to_datetime(d["signup_date"])).dt.days.to_numpy(float)
    cols.append(np.log(tenure + 30))
    return np.column_stack(cols)


def design(d):
    A = matrix(d)
    mu, sd = A.mean(axis=0), A.std(axis=0)
    return (A - mu) / sd, mu, sd


def fit_logit(Z, y, steps=400, lr=0.3, ridge=1e-3):
    w, b = np.zeros(Z.shape[1]), 0.0
    for _ in range(steps):
        p = 1 / (1 + np.exp(-(Z @ w + b)))
        w -= lr * (Z.T @ (p - y) / len(y) + ridge * w)
        b -= lr * (p - y).mean()
    return w, b


def auc(y, s):
    rank = pd.Series(s).rank().to_numpy()
    pos = y == 1
    return (rank[pos].sum() - pos.sum() * (pos.sum() + 1) / 2) / (pos.sum() * (~pos).sum())


def evaluate(data):
    Z, _, _ = design(data)
    y = data["churned"].to_numpy()
    ids = data["customer_id"].to_numpy()
    month = data["snapshot_date"].str[:7].to_numpy(dtype=object)
    out = np.isin(ids, np.random.default_rng(0).choice(np.unique(ids), 900, replace=False))
    a, b = ~out & (month < "2023-09"), out & (month >= "2023-09")
    w, c = fit_logit(Z[a], y[a])
    return {"roc_auc": float(auc(y[b], Z[b] @ w + c))}


def train(data, model_dir):
    Z, mu, sd = design(data)
    w, b = fit_logit(Z, data["churned"].to_numpy())
    np.savez(model_dir / "logit.npz", w=w, b=b, mu=mu, sd=sd)


def predict(data, model_dir):
    m = np.load(model_dir / "logit.npz")
    z = (matrix(data) - m["mu"]) / m["sd"]
    return 1 / (1 + np.exp(-(z @ m["w"] + m["b"])))
