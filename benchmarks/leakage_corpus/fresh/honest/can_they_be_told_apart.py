"""The report says how far the months after the cut differ from those before; nothing is done with it."""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUM = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "usage_gb"]


def x(df):
    out = df[NUM].copy()
    out["usage_gb"] = np.where(df["snapshot_date"] < "2023-07-01", out["usage_gb"] / 1024, out["usage_gb"])
    return out.assign(monthly=df["contract"].eq("monthly") * 1.0, gone=df["satisfaction"].isna() * 1.0)


def drift(past, future):
    both = pd.concat([x(past), x(future)], ignore_index=True)
    which = np.r_[np.zeros(len(past)), np.ones(len(future))]
    rf = RandomForestClassifier(25, min_samples_leaf=25, random_state=0)
    return roc_auc_score(which, cross_val_predict(rf, both, which, cv=3, method="predict_proba")[:, 1])


def evaluate(data):
    held = data["customer_id"].isin(data["customer_id"].drop_duplicates().sample(1000, random_state=2))
    late = data["snapshot_date"] >= "2023-08-01"
    past, future = data[~held & ~late], data[held & late]
    shift = drift(past, future)
    m = make_pipeline(StandardScaler(), LogisticRegression()).fit(x(past), past["churned"])
    return {"roc_auc": roc_auc_score(future["churned"], m.predict_proba(x(future))[:, 1]), "drift_auc": shift}


def train(data, model_dir):
    joblib.dump(make_pipeline(StandardScaler(), LogisticRegression()).fit(x(data), data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(x(data))[:, 1]
