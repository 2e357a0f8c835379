"""Rank features are robust to the change of units in the usage column."""

import json

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score

RANKED = ["usage_gb", "usage_trend", "charge", "tenure", "tickets_90d"]


def raw(data):
    data = data.copy()
    data["charge"] = data["monthly_charge"].str.split().str[0].astype(float)
    data["tenure"] = (pd.to_datetime(data["snapshot_date"]) - pd.to_datetime(data["signup_date"])).dt.days
    data["monthly"] = data["contract"].eq("monthly").astype(int)
    data["yearly"] = data["contract"].eq("one_year").astype(int)
    data["sat"] = data["satisfaction"].fillna(0)
    return data


MODEL_COLS = [*RANKED, "monthly", "yearly", "sat", "late_payments_12m", "n_products", "discount_pct"]


def forest():
    return ExtraTreesClassifier(50, min_samples_leaf=12, random_state=6)


def evaluate(data):
    d = raw(data)
    d[RANKED] = d[RANKED].rank(pct=True)
    d = d.sort_values(["snapshot_date", "customer_id"]).reset_index(drop=True)
    n = int(len(d) * 0.8)
    while d.loc[n, "snapshot_date"] == d.loc[n - 1, "snapshot_date"]:
        n += 1
    head, tail = d.iloc[:n], d.iloc[n:]
    tail = tail[tail["customer_id"] % 3 == 0]
    head = head[head["customer_id"] % 3 != 0]
    model = forest().fit(head[MODEL_COLS], head["churned"])
    return {"roc_auc": float(roc_auc_score(tail["churned"], model.predict_proba(tail[MODEL_COLS])[:, 1]))}


def train(data, model_dir):
    d = raw(data)
    knots = {c: np.quantile(d[c], np.linspace(0, 1, 201)).tolist() for c in RANKED}
    d[RANKED] = d[RANKED].rank(pct=True)
    joblib.dump(forest().fit(d[MODEL_COLS], d["churned"]), model_dir / "forest.joblib", compress=3)
    (model_dir / "knots.json").write_text(json.dumps(knots))


def predict(data, model_dir):
    d = raw(data)
    knots = json.loads((model_dir / "knots.json").read_text())
    for c in RANKED:
        d[c] = np.interp(d[c], knots[c], np.linspace(0, 1, 201))
    return joblib.load(model_dir / "forest.joblib").predict_proba(d[MODEL_COLS])[:, 1]
