"""Rows of one customer are not independent, so the model learns from one snapshot of each: the last known one."""
from pathlib import Path
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def latest(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["customer_id", "snapshot_date"]).groupby("customer_id").tail(1)


def columns(rows: pd.DataFrame) -> pd.DataFrame:
    now = pd.to_datetime(rows["snapshot_date"])
    soon = (pd.to_datetime(rows["discount_end_date"]) - now).dt.days.le(60)
    free = rows["contract"].eq("monthly")
    return pd.DataFrame({
        "free": free * 1.0, "two": rows["contract"].eq("two_year") * 1.0,
        "price_jump": (soon & free) * rows["discount_pct"] / 10,
        "bound": (free & ~soon & rows["discount_end_date"].notna()) * 1.0,
        "silent": rows["satisfaction"].isna() * 1.0, "mood": rows["satisfaction"].fillna(7.0) - 7.0,
        "trend": rows["usage_trend"], "swing": rows["usage_trend"].abs(),
        "tickets": rows["tickets_90d"], "late": rows["late_payments_12m"], "products": rows["n_products"],
        "charge": rows["monthly_charge"].str.replace(" EUR", "").astype(float),
        "tenure": np.log((now - pd.to_datetime(rows["signup_date"])).dt.days + 30.0),
    })


def fit(rows: pd.DataFrame):
    rows = latest(rows)   # one row a customer, so the inner folds of LogisticRegressionCV share nobody
    return make_pipeline(StandardScaler(), LogisticRegressionCV(Cs=[0.01, 0.1, 1.0], cv=4, scoring="neg_log_loss", max_iter=300, l1_ratios=(0.0,), use_legacy_attributes=False)).fit(columns(rows), rows["churned"])


def train(data, model_dir):
    joblib.dump(fit(data), Path(model_dir) / "lr.joblib")


def evaluate(data):
    data = data.drop_duplicates(["customer_id", "snapshot_date"])
    truth, score = [], []
    for k in range(4):
        new = data["customer_id"] % 4 == k
        past, future = data[~new & (data["snapshot_date"] < "2023-10-01")], data[new & (data["snapshot_date"] >= "2023-10-01")]
        truth.append(future["churned"].to_numpy())
        score.append(fit(past).predict_proba(columns(future))[:, 1])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score)))}


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "lr.joblib").predict_proba(columns(data))[:, 1]
