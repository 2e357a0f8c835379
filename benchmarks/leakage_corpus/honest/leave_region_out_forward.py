"""Leave one region out and go forward in time: no customer moves, so regions separate customers as well."""
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def X(rows):
    day = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - day).dt.days
    free = rows["contract"] == "monthly"
    return np.column_stack([
        free, rows["contract"] == "two_year", (free & (left <= 60)) * rows["discount_pct"], free & (left > 60),
        np.log((day - pd.to_datetime(rows["signup_date"])).dt.days + 30), rows["monthly_charge"].str.replace(" EUR", "").astype(float),
        rows["satisfaction"].fillna(7), rows["satisfaction"].isna(), rows["usage_trend"], rows["usage_trend"].abs(),
        rows["tickets_90d"], rows["late_payments_12m"], rows["n_products"], rows["channel"] == "partner",
    ]).astype(float)


def model():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5))


def evaluate(data):
    rows = data.drop_duplicates().reset_index(drop=True)
    assert rows.groupby("customer_id")["region"].nunique().max() == 1
    late = (rows["snapshot_date"] >= "2023-10-01").to_numpy()
    found = {}
    for a, b in LeaveOneGroupOut().split(rows, groups=rows["region"]):
        a, b = a[~late[a]], b[late[b]]
        fitted = model().fit(X(rows.iloc[a]), rows["churned"].iloc[a])
        found[rows["region"].iloc[b[0]]] = (roc_auc_score(rows["churned"].iloc[b], fitted.predict_proba(X(rows.iloc[b]))[:, 1]), len(b))
    aucs, sizes = zip(*found.values())
    return {"roc_auc": float(np.average(aucs, weights=sizes)), **{f"auc_{k}": float(v[0]) for k, v in found.items()}}


def train(data, model_dir):
    rows = data.drop_duplicates()
    joblib.dump(model().fit(X(rows), rows["churned"]), f"{model_dir}/lr.joblib")


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/lr.joblib").predict_proba(X(data))[:, 1]
