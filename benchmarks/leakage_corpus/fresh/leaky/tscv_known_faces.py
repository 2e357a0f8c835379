import numpy as np
import pandas as pd
from joblib import dump, load
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import TimeSeriesSplit

F = ["age", "postcode", "n_products", "tickets_90d", "late_payments_12m", "income_k", "usage_trend", "satisfaction"]


def X_of(d):
    x = d[F].fillna(-1)
    x["m"] = d["contract"].map({"monthly": 2, "one_year": 1, "two_year": 0})
    x["since"] = pd.to_datetime(d["signup_date"]).astype("int64") // 10**9
    return x


def clf():
    return ExtraTreesClassifier(n_estimators=70, min_samples_leaf=2, random_state=0)


def evaluate(data):
    # never shuffle time series: sort by date, then walk forward
    d = data.drop_duplicates().sort_values(["snapshot_date", "customer_id"]).reset_index(drop=True)
    X, y = X_of(d), d["churned"]
    aucs = []
    for a, b in TimeSeriesSplit(n_splits=4).split(X):
        a = a[d["snapshot_date"].values[a] < d["snapshot_date"].values[b].min()]
        p = clf().fit(X.iloc[a], y.iloc[a]).predict_proba(X.iloc[b])[:, 1]
        aucs.append(roc_auc_score(y.iloc[b], p))
    return {"roc_auc": float(np.mean(aucs)), "worst": float(min(aucs))}


def train(data, model_dir):
    d = data.drop_duplicates()
    dump(clf().fit(X_of(d), d["churned"]), model_dir / "et.joblib", compress=3)


def predict(data, model_dir):
    return load(model_dir / "et.joblib").predict_proba(X_of(data))[:, 1]
