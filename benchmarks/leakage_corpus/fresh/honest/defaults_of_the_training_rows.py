import json

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

NUM = ["income_k", "satisfaction", "usage_trend", "tickets_90d", "late_payments_12m", "n_products"]


def get_defaults(df):
    return {c: float(df[c].median()) for c in NUM}


def fill(df, d):
    df = df.copy()
    df["sat_missing"] = df["satisfaction"].isna().astype(int)
    for c, v in d.items():
        df[c] = df[c].fillna(v)
    df["monthly"] = (df["contract"] == "monthly").astype(int)
    return df[NUM + ["sat_missing", "monthly"]] / 100.0


def evaluate(data):
    ids = sorted(set(data["customer_id"]))
    test_ids = set(ids[::3])
    is_test = data["customer_id"].apply(lambda i: i in test_ids)
    early = data["snapshot_date"] < "2023-07-15"
    train_rows, test_rows = data[early & ~is_test], data[~early & is_test]
    defaults = get_defaults(train_rows)
    lr = LogisticRegression(C=10, max_iter=1000).fit(fill(train_rows, defaults), train_rows["churned"])
    missing_share = data[NUM].isna().mean().to_dict()
    auc = roc_auc_score(test_rows["churned"], lr.predict_proba(fill(test_rows, defaults))[:, 1])
    return {"roc_auc": auc, **{f"missing_{k}": v for k, v in missing_share.items()}}


def train(data, model_dir):
    d = get_defaults(data)
    lr = LogisticRegression(C=10, max_iter=1000).fit(fill(data, d), data["churned"])
    with open(model_dir / "m.json", "w") as f:
        json.dump({"d": d, "w": lr.coef_[0].tolist(), "b": float(lr.intercept_[0])}, f)


def predict(data, model_dir):
    m = json.loads((model_dir / "m.json").read_text())
    z = fill(data, m["d"]).values @ np.array(m["w"]) + m["b"]
    return 1 / (1 + np.exp(-z))
