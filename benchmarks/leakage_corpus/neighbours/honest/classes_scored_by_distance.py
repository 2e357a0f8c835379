import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from scipy.stats import rankdata

NUMBERS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]


def x(df):
    return df[NUMBERS].astype(float)


def model():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))


def sides(df):
    ours, late = df["customer_id"] % 3 == 0, df["snapshot_date"] >= "2023-08-01"
    return df[~ours & ~late], df[ours & late]


def evaluate(data):
    fit, judged = sides(data)
    X, y = x(fit).to_numpy(), fit["churned"].to_numpy()
    low, high = X.mean(0), X.std(0)
    z = (X - low) / high
    w = z[y == 1].mean(0) - z[y == 0].mean(0)
    s = ((x(judged).to_numpy() - low) / high) @ w
    ranks, t = rankdata(s), judged["churned"].to_numpy()
    ones = t.sum()
    return {"roc_auc": float((ranks[t == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(t) - ones)))}


def train(data, model_dir):
    joblib.dump(model().fit(x(data), data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(x(data))[:, 1]
