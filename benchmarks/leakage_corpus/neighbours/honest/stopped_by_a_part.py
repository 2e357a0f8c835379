import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import SGDClassifier

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
    part = fit["customer_id"] % 5 == 1
    a, v = fit[~part], fit[part]
    m = SGDClassifier(loss="log_loss", random_state=0)
    scale = StandardScaler().fit(x(a))
    best, kept = 0.0, None
    for _ in range(10):
        m.partial_fit(scale.transform(x(a)), a["churned"], classes=[0, 1])
        now = roc_auc_score(v["churned"], m.decision_function(scale.transform(x(v))))
        if now > best:
            best, kept = now, (m.coef_.copy(), m.intercept_.copy())
    m.coef_, m.intercept_ = kept
    return {"roc_auc": roc_auc_score(judged["churned"], m.decision_function(scale.transform(x(judged))))}


def train(data, model_dir):
    joblib.dump(model().fit(x(data), data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(x(data))[:, 1]
