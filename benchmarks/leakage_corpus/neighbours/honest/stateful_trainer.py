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


class Trainer:
    """Keeps the means of its training rows."""

    def fit(self, df):
        self.means, self.scale = x(df).mean(), x(df).std()
        self.m = LogisticRegression().fit(self.z(df), df["churned"])
        return self

    def z(self, df):
        return (x(df) - self.means) / self.scale

    def score(self, df):
        return self.m.predict_proba(self.z(df))[:, 1]


def evaluate(data):
    fit, judged = sides(data)
    return {"roc_auc": roc_auc_score(judged["churned"], Trainer().fit(fit).score(judged))}


def train(data, model_dir):
    joblib.dump(model().fit(x(data), data["churned"]), model_dir / "m")


def predict(data, model_dir):
    return joblib.load(model_dir / "m").predict_proba(x(data))[:, 1]
