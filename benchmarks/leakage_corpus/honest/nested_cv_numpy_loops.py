"""Nested CV written out by hand: ridge-penalised logistic regression by Newton steps, penalty chosen inside."""
import json
import os
import numpy as np
import pandas as pd

PENALTIES = [1.0, 10.0, 100.0, 1000.0]
FILL = {"satisfaction": 7.0}


def design(df):
    snap = np.array(df["snapshot_date"].astype(str).tolist(), dtype="datetime64[D]")
    sign = np.array(df["signup_date"].astype(str).tolist(), dtype="datetime64[D]")
    ends = pd.to_datetime(df["discount_end_date"]).to_numpy().astype("datetime64[D]")
    days_left = (ends - snap).astype(float)
    days_left[np.isnat(ends)] = np.nan
    monthly = (df["contract"] == "monthly").to_numpy(float)
    cols = [
        monthly, (df["contract"] == "two_year").to_numpy(float),
        np.log((snap - sign).astype(float) + 30),
        df["monthly_charge"].map(lambda t: float(t.split()[0])).to_numpy(float),
        monthly * (days_left <= 60) * df["discount_pct"].to_numpy(float),
        monthly * (days_left > 60),
        df["satisfaction"].isna().to_numpy(float), df["satisfaction"].fillna(7.0).to_numpy(float),
        df["usage_trend"].to_numpy(float), np.abs(df["usage_trend"].to_numpy(float)),
        df["tickets_90d"].to_numpy(float), df["late_payments_12m"].to_numpy(float), df["n_products"].to_numpy(float),
    ]
    return np.column_stack([np.nan_to_num(c) for c in cols])


def newton(X, y, lam, steps=8):
    mu, sd = X.mean(0), X.std(0) + 1e-9
    Z = np.column_stack([np.ones(len(X)), (X - mu) / sd])
    w = np.zeros(Z.shape[1])
    P = lam * np.eye(Z.shape[1]); P[0, 0] = 0
    for _ in range(steps):
        p = 1 / (1 + np.exp(-Z @ w))
        H = (Z * (p * (1 - p))[:, None]).T @ Z + P
        w -= np.linalg.solve(H, Z.T @ (p - y) + P @ w)
    return {"mu": mu.tolist(), "sd": sd.tolist(), "w": w.tolist()}


def apply(m, X):
    Z = np.column_stack([np.ones(len(X)), (X - np.array(m["mu"])) / np.array(m["sd"])])
    return 1 / (1 + np.exp(-Z @ np.array(m["w"])))


def auc(y, s):
    r = pd.Series(s).rank().to_numpy()
    pos = y == 1
    return (r[pos].sum() - pos.sum() * (pos.sum() + 1) / 2) / (pos.sum() * (~pos).sum())


def choose(X, y, cust, month):
    """Penalty by an inner loop over customers; the inner test rows lie in the last quarter of `month`."""
    months = np.unique(month)
    cut = months[-3]
    totals = np.zeros(len(PENALTIES))
    for k in range(3):
        tr = (cust % 3 != k) & (month < cut)
        va = (cust % 3 == k) & (month >= cut)
        for i, lam in enumerate(PENALTIES):
            totals[i] += auc(y[va], apply(newton(X[tr], y[tr], lam), X[va]))
    return PENALTIES[int(np.argmax(totals))]


def unpack(data):
    data = data.drop_duplicates()
    return design(data), data["churned"].to_numpy(), data["customer_id"].to_numpy() // 7, data["snapshot_date"].astype(str).to_numpy()


def evaluate(data):
    X, y, cust, month = unpack(data)
    cut = np.unique(month)[-3]
    out_y, out_s = [], []
    for k in range(5):
        tr = (cust % 5 != k) & (month < cut)
        te = (cust % 5 == k) & (month >= cut)
        lam = choose(X[tr], y[tr], cust[tr], month[tr])
        out_s.append(apply(newton(X[tr], y[tr], lam), X[te]))
        out_y.append(y[te])
    return {"roc_auc": float(auc(np.concatenate(out_y), np.concatenate(out_s)))}


def train(data, model_dir):
    X, y, cust, month = unpack(data)
    with open(os.path.join(model_dir, "weights.json"), "w") as f:
        json.dump(newton(X, y, choose(X, y, cust, month)), f)


def predict(data, model_dir):
    with open(os.path.join(model_dir, "weights.json")) as f:
        return apply(json.load(f), design(data))
