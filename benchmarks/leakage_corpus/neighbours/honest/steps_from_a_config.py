import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NUMBERS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]
STEPS = {"scale": StandardScaler, "logit": LogisticRegression}
CONFIG = [("scale", {}), ("logit", {"C": 0.3, "max_iter": 300})]


def x(df):
    return df[NUMBERS].astype(float)


def model():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))


def sides(df):
    ours, late = df["customer_id"] % 3 == 0, df["snapshot_date"] >= "2023-08-01"
    return df[~ours & ~late], df[ours & late]


def build(config):
    return make_pipeline(*[STEPS[name](**options) for name, options in config])


def evaluate(data):
    fit, judged = sides(data)
    m = build(CONFIG).fit(x(fit), fit["churned"])
    return {"roc_auc": roc_auc_score(judged["churned"], m.predict_proba(x(judged))[:, 1])}


def train(data, model_dir):
    joblib.dump(model().fit(x(data), data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(x(data))[:, 1]
