"""category_encoders in a scikit-learn Pipeline: the encoder is fitted with the model, in each fold anew."""
from pathlib import Path

import category_encoders as ce
import joblib
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

CATS = ["region", "contract", "plan", "channel", "payment_method"]


def X_of(df):
    day = pd.to_datetime(df["snapshot_date"])
    x = df[CATS].astype(object).assign(plan=df["plan"].str.upper().astype(object))
    x["tenure"] = np.log1p((day - pd.to_datetime(df["signup_date"])).dt.days)
    left = (pd.to_datetime(df["discount_end_date"]) - day).dt.days
    x["jump"] = (left.between(0, 60) & (df["contract"] == "monthly")) * df["discount_pct"]
    x["held"] = ((left > 60) & (df["contract"] == "monthly")) * 1
    for c in ["n_products", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]:
        x[c] = df[c]
    x["charge"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    x["unanswered"] = df["satisfaction"].isna() * 1
    return x


def model():
    return Pipeline([
        ("te", ce.TargetEncoder(cols=CATS, smoothing=20.0)),
        ("imp", SimpleImputer()), ("sc", StandardScaler()),
        ("lr", LogisticRegression(max_iter=300)),
    ])


def evaluate(data):
    data = data.drop_duplicates()
    y, p = [], []
    for a, b in GroupKFold(5).split(data, groups=data["customer_id"]):
        a, b = data.iloc[a], data.iloc[b]
        a, b = a[a["snapshot_date"] < "2023-10-01"], b[b["snapshot_date"] >= "2023-10-01"]
        m = model().fit(X_of(a), a["churned"])
        y.append(b["churned"]); p.append(m.predict_proba(X_of(b))[:, 1])
    return {"roc_auc": float(roc_auc_score(np.concatenate(y), np.concatenate(p)))}


def train(data, model_dir):
    data = data.drop_duplicates()
    joblib.dump(model().fit(X_of(data), data["churned"]), Path(model_dir) / "ce.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "ce.joblib").predict_proba(X_of(data))[:, 1]
