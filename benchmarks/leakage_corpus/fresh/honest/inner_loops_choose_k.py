import pickle

import numpy as np
import pandas as pd
from sklearn.feature_selection import SelectKBest, mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

BASE = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "income_k"]


def design(df):
    X = df[BASE].fillna(-1.0)
    X["monthly"] = (df["contract"] == "monthly") * 1.0
    X["na"] = df["satisfaction"].isna() * 1.0
    return X


def fit_k(df, k):
    sel = SelectKBest(lambda X, y: mutual_info_classif(X, y, random_state=0, n_neighbors=3), k=k)
    Z = sel.fit_transform(design(df).to_numpy(), df["churned"])
    mu, sd = Z.mean(0), Z.std(0) + 1e-9
    return sel, mu, sd, LogisticRegression().fit((Z - mu) / sd, df["churned"])


def score(m, df):
    sel, mu, sd, lr = m
    return lr.predict_proba((sel.transform(design(df).to_numpy()) - mu) / sd)[:, 1]


def choose(df):
    who = df["customer_id"].rank(method="dense").astype(int) % 2
    table = {}
    for k in (3, 6):
        aucs = []
        for f in range(2):
            a, b = df[who != f], df[who == f]
            aucs.append(roc_auc_score(b["churned"], score(fit_k(a, k), b)))
        table[k] = np.mean(aucs)
    return max(table, key=table.get)


def evaluate(data):
    held = data["customer_id"] % 10 < 3
    late = pd.to_datetime(data["snapshot_date"]) >= "2023-08-01"
    past, future = data[~held & ~late], data[held & late]
    k = choose(past)
    return {"roc_auc": roc_auc_score(future["churned"], score(fit_k(past, k), future)), "k": float(k)}


def train(data, model_dir):
    sel, mu, sd, lr = fit_k(data, 6)
    with open(model_dir / "m.pkl", "wb") as f:
        pickle.dump((sel.get_support(), mu, sd, lr), f)


def predict(data, model_dir):
    with open(model_dir / "m.pkl", "rb") as f:
        keep, mu, sd, lr = pickle.load(f)
    return lr.predict_proba((design(data).to_numpy()[:, keep] - mu) / sd)[:, 1]
