"""Repeated K-fold over customers with forward cuts; every repetition has its own seed and all of them count."""
import itertools
import joblib
import numpy as np
import pandas as pd
from sklearn.feature_selection import SelectKBest, mutual_info_classif
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def features(d):
    day = pd.to_datetime(d["snapshot_date"])
    left = (pd.to_datetime(d["discount_end_date"]) - day).dt.days
    f = d[["n_products", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "income_k", "discount_pct", "usage_gb"]].astype(float)
    f["usage_gb"] = f["usage_gb"].where(d["snapshot_date"] >= "2023-07-01", f["usage_gb"] / 1000)
    f["age"] = d["age"].replace(999, np.nan)
    f["tenure"] = np.log((day - pd.to_datetime(d["signup_date"])).dt.days + 30)
    f["charge"] = d["monthly_charge"].str.replace(" EUR", "").astype(float)
    f["near"] = ((left <= 60) & (d["contract"] == "monthly")) * 1.0
    for c in ("monthly", "one_year"):
        f[c] = (d["contract"] == c) * 1.0
    f["quiet"] = d["satisfaction"].isna() * 1.0
    f["swing"] = f["usage_trend"].abs()
    return f

def f_score(X, y):
    """Two-sample t statistic of each column."""
    a, b = X[y == 1], X[y == 0]
    return np.abs(a.mean(0) - b.mean(0)) / np.sqrt(a.var(0) / len(a) + b.var(0) / len(b) + 1e-12)

def model():
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), SelectKBest(f_score, k=12), LogisticRegression())

def evaluate(data):
    d = data.drop_duplicates().reset_index(drop=True)
    X, y = features(d), d["churned"]
    late = (d["snapshot_date"] >= "2023-10-01").to_numpy()
    scores = []
    for repeat in range(4):
        cv = GroupKFold(4, shuffle=True, random_state=repeat)
        pred = np.full(len(d), np.nan)
        for a, b in cv.split(X, y, d["customer_id"]):
            a, b = a[~late[a]], b[late[b]]
            pred[b] = model().fit(X.iloc[a], y[a]).predict_proba(X.iloc[b])[:, 1]
        scores.append(roc_auc_score(y[late], pred[late]))
    return {"roc_auc": float(np.mean(scores)), **{f"repeat_{i}": float(s) for i, s in enumerate(scores)}}

def train(data, model_dir):
    d = data.drop_duplicates()
    joblib.dump(model().fit(features(d), d["churned"]), f"{model_dir}/m.joblib")

def predict(data, model_dir):
    return joblib.load(f"{model_dir}/m.joblib").predict_proba(features(data))[:, 1]
