import json

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

NUM = ["age", "income_k", "satisfaction", "usage_gb", "usage_trend", "tickets_90d", "late_payments_12m", "n_products"]


def get_defaults(df):
    d = {}
    for c in NUM:
        vals = df[c]
        if c == "age":
            vals = vals[vals != 999]
        d[c] = float(vals.median())
    return d


def fill(df, d):
    df = df.copy()
    df["sat_missing"] = df["satisfaction"].isna().astype(int)
    df["age"] = df["age"].replace(999, np.nan)
    for c, v in d.items():
        df[c] = df[c].fillna(v)
    df["monthly"] = (df["contract"] == "monthly").astype(int)
    return df[NUM + ["sat_missing", "monthly"]] / 100.0


def run_split(data):
    ids = sorted(set(data["customer_id"]))
    test_ids = set(ids[::3])
    is_test = data["customer_id"].apply(lambda i: i in test_ids)
    early = data["snapshot_date"] < "2023-07-15"
    return early & ~is_test, ~early & is_test


def evaluate(data):
    defaults = get_defaults(data)
    a, b = run_split(data)
    X = fill(data, defaults)
    y = data["churned"]
    lr = LogisticRegression(C=10, max_iter=1000)
    lr.fit(X[a], y[a])
    return {"roc_auc": roc_auc_score(y[b], lr.predict_proba(X[b])[:, 1])}


def train(data, model_dir):
    d = get_defaults(data)
    lr = LogisticRegression(C=10, max_iter=1000).fit(fill(data, d), data["churned"])
    with open(model_dir / "m.json", "w") as f:
        json.dump({"d": d, "w": lr.coef_[0].tolist(), "b": float(lr.intercept_[0])}, f)


def predict(data, model_dir):
    m = json.loads((model_dir / "m.json").read_text())
    z = fill(data, m["d"]).values @ np.array(m["w"]) + m["b"]
    return 1 / (1 + np.exp(-z))
