import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUMBERS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]


def x(df):
    return df[NUMBERS].astype(float)


def model():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))


def sides(df):
    ours, late = df["customer_id"] % 3 == 0, df["snapshot_date"] >= "2023-08-01"
    return df[~ours & ~late], df[ours & late]


def folds(df):
    last = sorted(df["snapshot_date"].unique())[-5]
    for k in range(3):
        ours, late = df["customer_id"] % 3 == k, df["snapshot_date"] >= last
        yield df[~ours & ~late], df[ours & late]


def evaluate(data):
    scores = [
        roc_auc_score(b["churned"], model().fit(x(a), a["churned"]).predict_proba(x(b))[:, 1]) for a, b in folds(data)
    ]
    return {"roc_auc": float(np.mean(scores))}


def train(data, model_dir):
    joblib.dump(model().fit(x(data), data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(x(data))[:, 1]
