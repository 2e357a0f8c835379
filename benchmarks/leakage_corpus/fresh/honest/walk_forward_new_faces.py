import numpy as np
import pandas as pd
from joblib import dump, load
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import TimeSeriesSplit

F = ["n_products", "tickets_90d", "late_payments_12m", "usage_trend", "satisfaction", "discount_pct"]


def X_of(d):
    x = d[F].fillna(-1)
    x["m"] = d["contract"].map({"monthly": 2, "one_year": 1, "two_year": 0})
    return x


def clf():
    return ExtraTreesClassifier(n_estimators=60, min_samples_leaf=8, random_state=0)


def evaluate(data):
    months = np.array(sorted(data["snapshot_date"].unique()))
    people = data["customer_id"].drop_duplicates().sample(frac=1.0, random_state=2)
    newcomers = set(people.iloc[: len(people) // 3])
    new = data["customer_id"].isin(newcomers)
    aucs = []
    for a, b in TimeSeriesSplit(n_splits=3, test_size=3).split(months):
        tr = data[data["snapshot_date"].isin(months[a]) & ~new]
        te = data[data["snapshot_date"].isin(months[b]) & new]
        p = clf().fit(X_of(tr), tr["churned"]).predict_proba(X_of(te))[:, 1]
        aucs.append(roc_auc_score(te["churned"], p))
    return {"roc_auc": float(np.mean(aucs)), "worst": float(min(aucs))}


def train(data, model_dir):
    d = data.drop_duplicates()
    dump(clf().fit(X_of(d), d["churned"]), model_dir / "et.joblib", compress=3)


def predict(data, model_dir):
    return load(model_dir / "et.joblib").predict_proba(X_of(data))[:, 1]
