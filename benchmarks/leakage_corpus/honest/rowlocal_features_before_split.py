"""All features are built once for the whole table and the table is split afterwards.

That is fine here because no feature looks beyond its own row; only the scaler learns something, inside the pipeline.
"""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler


def engineer(data: pd.DataFrame) -> pd.DataFrame:
    X = pd.DataFrame(index=data.index)
    snap, sign = pd.to_datetime(data["snapshot_date"]), pd.to_datetime(data["signup_date"])
    X["tenure_log"] = np.log1p((snap - sign).dt.days)
    X["charge"] = pd.to_numeric(data["monthly_charge"].str.replace("[^0-9.]", "", regex=True))
    X["charge_per_product"] = X["charge"] / data["n_products"]
    usage = np.where(snap < "2023-07-01", data["usage_gb"] / 1000, data["usage_gb"])
    X["usage_log"] = np.log(usage + 0.1)
    X["euro_per_gb"] = np.log(X["charge"] / (usage + 1))
    X["trouble"] = data["tickets_90d"] + data["late_payments_12m"]
    X["trouble_x_monthly"] = X["trouble"] * (data["contract"] == "monthly")
    X["trend_up"], X["trend_down"] = data["usage_trend"].clip(lower=0), -data["usage_trend"].clip(upper=0)
    X["answered"] = data["satisfaction"].notna().astype(int)
    X["unhappy"] = (7 - data["satisfaction"]).fillna(0)
    left = (pd.to_datetime(data["discount_end_date"]) - snap).dt.days
    for term in ("monthly", "one_year", "two_year"):
        X[term] = (data["contract"] == term).astype(int)
    X["promo_ends"] = (left <= 60) * X["monthly"] * data["discount_pct"]
    X["promo_runs"] = (left > 60) * X["monthly"]
    return X


def model():
    return make_pipeline(RobustScaler(), LogisticRegression(C=0.2, max_iter=500))


def train(data, model_dir):
    data = data.drop_duplicates()
    joblib.dump(model().fit(engineer(data), data["churned"]), Path(model_dir) / "lr.joblib")


def evaluate(data):
    data = data.drop_duplicates()
    X, y = engineer(data), data["churned"]
    ids_train, ids_test = train_test_split(np.sort(data["customer_id"].unique()), test_size=0.5, random_state=42)
    tr = data["customer_id"].isin(ids_train) & (data["snapshot_date"] < "2023-09-01")
    te = data["customer_id"].isin(ids_test) & (data["snapshot_date"] >= "2023-09-01")
    clf = model().fit(X[tr], y[tr])
    return {"roc_auc": float(roc_auc_score(y[te], clf.predict_proba(X[te])[:, 1]))}


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "lr.joblib").predict_proba(engineer(data))[:, 1]
