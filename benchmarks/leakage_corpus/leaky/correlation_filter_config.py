import json

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
import joblib

CONFIG = {
    "keep": 9,
    "method": "spearman",
    "model": {"n_estimators": 40, "max_depth": 3, "learning_rate": 0.12, "subsample": 0.7, "random_state": 12},
    "holdout": {"buckets": 7, "bucket": 3, "from": "2023-10-01"},
}


def table(d):
    t = d.select_dtypes("number").drop(columns=["churned", "customer_id", "postcode", "retention_desk_calls"],
                                       errors="ignore").fillna(-1.0)
    for col in ["region", "contract", "channel", "payment_method"]:
        for level in {"region": ["south", "metro", "north"], "contract": ["monthly", "one_year", "two_year"],
                      "channel": ["web", "partner", "phone"], "payment_method": ["card", "transfer"]}[col]:
            t[f"{col}={level}"] = (d[col] == level).astype(float)
    t["charge"] = d["monthly_charge"].str.split().str.get(0).astype(float)
    t["tenure"] = (pd.to_datetime(d["snapshot_date"]) - pd.to_datetime(d["signup_date"])).dt.days
    return t


def choose(t, y, cfg):
    strength = t.corrwith(y, method=cfg["method"]).abs()
    return strength.sort_values(ascending=False).index[: cfg["keep"]].tolist()


def evaluate(data, cfg=CONFIG):
    t, y = table(data), data["churned"]
    t = t[choose(t, y, cfg)]
    h = cfg["holdout"]
    mine = data["customer_id"] % h["buckets"] == h["bucket"]
    after = data["snapshot_date"] >= h["from"]
    model = GradientBoostingClassifier(**cfg["model"]).fit(t[~mine & ~after], y[~mine & ~after])
    p = model.predict_proba(t[mine & after])[:, 1]
    return {"roc_auc": float(roc_auc_score(y[mine & after], p)), "n_features": float(t.shape[1])}


def train(data, model_dir):
    t, y = table(data), data["churned"]
    names = choose(t, y, CONFIG)
    joblib.dump(GradientBoostingClassifier(**CONFIG["model"]).fit(t[names], y), model_dir / "gb.joblib")
    (model_dir / "columns.json").write_text(json.dumps(names))


def predict(data, model_dir):
    names = json.loads((model_dir / "columns.json").read_text())
    return np.asarray(joblib.load(model_dir / "gb.joblib").predict_proba(table(data)[names])[:, 1])
