"""Churn: rates by area and by tariff, cross-fitted, and a gradient boosting machine."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

NUMBERS = [
    *("age", "n_products", "discount_pct", "income_k", "usage_gb", "usage_trend"),
    *("tickets_90d", "late_payments_12m", "satisfaction"),
]


class CrossFittedRates:
    """Smoothed churn rates; a row that is learned from gets the rates of the other folds."""

    def __init__(self, weight=25, folds=5):
        self.weight, self.folds = weight, folds

    @staticmethod
    def keys(data):
        return {
            "area": (data["postcode"] // 1000).astype(str),
            "tariff": data["contract"] + "/" + data["channel"] + "/" + data["payment_method"],
        }

    def table(self, key, y):
        sums = y.groupby(key.to_numpy()).agg(["sum", "count"])
        return (sums["sum"] + self.weight * y.mean()) / (sums["count"] + self.weight)

    def fit(self, data, y):
        self.mean_ = y.mean()
        self.tables_ = {name: self.table(key, y) for name, key in self.keys(data).items()}
        return self

    def transform(self, data):
        return pd.DataFrame(
            {f"rate_{name}": key.map(self.tables_[name]).fillna(self.mean_) for name, key in self.keys(data).items()}
        )

    def fit_transform(self, data, y):
        parts = []
        for learn, fill in GroupKFold(self.folds).split(data, y, data["customer_id"]):
            inner = CrossFittedRates(self.weight).fit(data.iloc[learn], y.iloc[learn])
            parts.append(inner.transform(data.iloc[fill]))
        self.fit(data, y)
        return pd.concat(parts).loc[data.index]


def columns(data):
    out = data[NUMBERS].astype(float)
    out["months"] = (pd.to_datetime(data["snapshot_date"]) - pd.to_datetime(data["signup_date"])).dt.days / 30
    out["charge"] = data["monthly_charge"].str.extract(r"([\d.]+)", expand=False).astype(float)
    return out


def booster():
    return LGBMClassifier(n_estimators=120, learning_rate=0.05, num_leaves=15, n_jobs=1, verbose=-1, random_state=0)


def parts(data):
    months = np.sort(data["snapshot_date"].unique())
    late = data["snapshot_date"] >= months[-5]
    early = ~late & ~data["customer_id"].isin(data.loc[late, "customer_id"])
    return early, late


def evaluate(data):
    data = data.drop_duplicates().reset_index(drop=True)
    early, late = parts(data)
    known, judged = data[early], data[late]
    rates = CrossFittedRates()
    x = columns(known).join(rates.fit_transform(known, known["churned"]))
    model = booster().fit(x, known["churned"])
    x_judged = columns(judged).join(rates.transform(judged))
    return {"roc_auc": float(roc_auc_score(judged["churned"], model.predict_proba(x_judged)[:, 1]))}


def train(data, model_dir):
    data = data.drop_duplicates().reset_index(drop=True)
    rates = CrossFittedRates()
    x = columns(data).join(rates.fit_transform(data, data["churned"]))
    joblib.dump((rates.mean_, rates.tables_, booster().fit(x, data["churned"])), Path(model_dir) / "m.joblib")


def predict(data, model_dir):
    rates = CrossFittedRates()
    rates.mean_, rates.tables_, model = joblib.load(Path(model_dir) / "m.joblib")
    return model.predict_proba(columns(data).join(rates.transform(data)))[:, 1]
