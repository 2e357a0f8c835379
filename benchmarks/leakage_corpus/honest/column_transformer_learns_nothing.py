"""A ColumnTransformer of steps without memory: fixed one-hot levels, fixed bins, logarithms.  Fitted once on all rows."""
from functools import lru_cache
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

LEVELS = {"contract": ["monthly", "one_year", "two_year"], "channel": ["web", "shop", "phone", "partner"], "payment_method": ["card", "debit", "transfer"]}


def binned(X, edges):
    codes = np.digitize(np.asarray(X, float), edges)
    return (codes[:, :, None] == np.arange(len(edges) + 1)).reshape(len(codes), -1).astype(float)


def logs(X):
    return np.log(np.asarray(X, float) + 30) - 6.5


def table():
    return ColumnTransformer([
        ("levels", OneHotEncoder(categories=list(LEVELS.values()), handle_unknown="ignore", sparse_output=False), list(LEVELS)),
        ("mood", FunctionTransformer(binned, kw_args={"edges": (0.5, 3, 5, 6, 7, 8, 9)}), ["mood"]),
        ("charge", FunctionTransformer(binned, kw_args={"edges": (15, 22, 30, 40, 50)}), ["charge"]),
        ("promo", FunctionTransformer(binned, kw_args={"edges": (1, 11, 21)}), ["jump", "held"]),
        ("tenure", FunctionTransformer(logs), ["tenure"]),
        ("counts", "passthrough", ["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "swing"]),
    ])


def derive(rows):
    day = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days
    free = rows["contract"] == "monthly"
    return rows.assign(mood=rows["satisfaction"].fillna(0), charge=rows["monthly_charge"].str[:-4].astype(float), swing=rows["usage_trend"].abs(),
                       jump=(free & (left <= 60)) * rows["discount_pct"], held=(free & (left > 60)) * 15, tenure=(day - pd.to_datetime(rows["signup_date"])).dt.days)


def train(data, model_dir):
    rows = derive(data.drop_duplicates())
    ct = table().fit(rows)
    joblib.dump((ct, LogisticRegression(max_iter=500).fit(ct.transform(rows), rows["churned"])), Path(model_dir) / "m.joblib")


def evaluate(data):
    rows = derive(data.drop_duplicates().reset_index(drop=True))
    X = table().fit_transform(rows)
    y = rows["churned"].to_numpy()
    late = (rows["snapshot_date"] >= "2023-10-01").to_numpy()
    s = np.zeros(len(y))
    for a, b in GroupKFold(5).split(X, y, rows["customer_id"]):
        a, b = a[~late[a]], b[late[b]]
        s[b] = LogisticRegression(max_iter=500).fit(X[a], y[a]).predict_proba(X[b])[:, 1]
    return {"roc_auc": float(roc_auc_score(y[late], s[late]))}


def predict(data, model_dir):
    ct, lr = joblib.load(Path(model_dir) / "m.joblib")
    return lr.predict_proba(ct.transform(derive(data)))[:, 1]
