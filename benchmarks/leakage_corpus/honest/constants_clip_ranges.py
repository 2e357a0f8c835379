"""Numbers outside the ranges of the dictionary become missing; ranges are typed in, not taken from the table."""
from types import MappingProxyType

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score

RANGES = MappingProxyType({"age": (16, 110), "n_products": (1, 4), "discount_pct": (0, 30), "usage_gb": (0, 500),
                           "usage_trend": (-6, 6), "tickets_90d": (0, 40), "late_payments_12m": (0, 12), "satisfaction": (1, 10)})
MB_UNTIL = np.datetime64("2023-06-30")
GIG = 1000.0
CUT = "2023-09-01"


def X(d):
    d = d.copy()
    day = d["snapshot_date"].to_numpy().astype("datetime64[D]")
    d["usage_gb"] = np.where(day <= MB_UNTIL, d["usage_gb"] / GIG, d["usage_gb"])
    out = {c: d[c].where(d[c].between(lo, hi)).astype(float) for c, (lo, hi) in RANGES.items()}
    out["tenure"] = (day - d["signup_date"].to_numpy().astype("datetime64[D]")).astype(float)
    out["left"] = (pd.to_datetime(d["discount_end_date"]) - pd.to_datetime(d["snapshot_date"])).dt.days
    out["bill"] = pd.to_numeric(d["monthly_charge"].str.extract(r"(\d+\.\d\d)", expand=False))
    out["term"] = d["contract"].map({"monthly": 0, "one_year": 12, "two_year": 24}).astype(float)
    return pd.DataFrame(out)


def boost(d):
    return HistGradientBoostingClassifier(max_iter=90, max_leaf_nodes=7, min_samples_leaf=70, random_state=99).fit(X(d), d["churned"])


def evaluate(data):
    data = data.drop_duplicates()
    a = data["customer_id"].to_numpy() % 10 < 5
    b = (data["snapshot_date"] >= CUT).to_numpy()
    m = boost(data[a & ~b])
    test = data[~a & b]
    p = m.predict_proba(X(test))[:, 1]
    return {"roc_auc": float(roc_auc_score(test["churned"], p)), "brier": float(brier_score_loss(test["churned"], p))}


def train(data, model_dir):
    joblib.dump(boost(data.drop_duplicates()), f"{model_dir}/b.joblib")


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/b.joblib").predict_proba(X(data))[:, 1]
