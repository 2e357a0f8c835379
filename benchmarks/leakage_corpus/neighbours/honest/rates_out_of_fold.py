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


def rates(df, by):
    sums = df.groupby(by)["churned"].agg(["sum", "size"])
    return (sums["sum"] + 5 * df["churned"].mean()) / (sums["size"] + 5)


def evaluate(data):
    fit, judged = sides(data)
    fit = fit.reset_index(drop=True)
    own = pd.Series(0.0, index=fit.index)
    for k in range(4):
        inside = fit["customer_id"] % 4 == k
        own[inside] = fit["region"][inside].map(rates(fit[~inside], "region"))
    m = model().fit(x(fit).assign(rate=own), fit["churned"])
    p = m.predict_proba(x(judged).assign(rate=judged["region"].map(rates(fit, "region"))))[:, 1]
    return {"roc_auc": roc_auc_score(judged["churned"], p)}


def train(data, model_dir):
    joblib.dump(model().fit(x(data), data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(x(data))[:, 1]
