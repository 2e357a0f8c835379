"""Bootstrap estimate, .632 rule."""
import pickle

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

F = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "postcode", "income_k"]
B = 8


def prep(df):
    z = df[F].fillna(df[F].max() * 0 - 1)
    z["contract"] = df["contract"].astype(str).str.len()
    z["signup"] = df["signup_date"].str.replace("-", "").astype(int)
    return z.to_numpy(float)


def evaluate(data):
    X, y = prep(data), data["churned"].to_numpy()
    rng = np.random.default_rng(632)
    oob = []
    for _ in range(B):
        bag = rng.integers(0, len(y), len(y))
        out = np.setdiff1d(np.arange(len(y)), bag)
        m = DecisionTreeClassifier(max_depth=12, min_samples_leaf=5, random_state=0).fit(X[bag], y[bag])
        oob.append(roc_auc_score(y[out], m.predict_proba(X[out])[:, 1]))
    full = DecisionTreeClassifier(max_depth=12, min_samples_leaf=5, random_state=0).fit(X, y)
    resub = roc_auc_score(y, full.predict_proba(X)[:, 1])
    return {"roc_auc": float(0.368 * resub + 0.632 * np.mean(oob)), "oob": float(np.mean(oob))}


def train(data, model_dir):
    m = DecisionTreeClassifier(max_depth=12, min_samples_leaf=5, random_state=0).fit(prep(data), data["churned"])
    (model_dir / "t.pkl").write_bytes(pickle.dumps(m))


def predict(data, model_dir):
    return pickle.loads((model_dir / "t.pkl").read_bytes()).predict_proba(prep(data))[:, 1]
