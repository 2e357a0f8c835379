"""OneHotEncoder with all categories given: fit() on the whole table learns nothing that is not in the brief."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OneHotEncoder

CATEGORIES = {
    "region": ["north", "south", "east", "west", "metro"],
    "contract": ["monthly", "one_year", "two_year"],
    "plan": ["S", "M", "L"],
    "channel": ["web", "shop", "phone", "partner"],
    "payment_method": ["card", "debit", "transfer"],
}


def encoder():
    return OneHotEncoder(categories=list(CATEGORIES.values()), handle_unknown="ignore", sparse_output=False)


def tidy(data):
    return data.assign(plan=data["plan"].str.upper())


def numbers(data):
    day = pd.to_datetime(data["snapshot_date"])
    left = (pd.to_datetime(data["discount_end_date"]) - day).dt.days
    return np.column_stack([
        data["tickets_90d"], data["late_payments_12m"], data["n_products"], data["usage_trend"], data["usage_trend"].abs(),
        data["satisfaction"].fillna(7.0) - 7.0, data["satisfaction"].isna(),
        (left.between(0, 60) & (data["contract"] == "monthly")) * data["discount_pct"] / 10,
        np.log((day - pd.to_datetime(data["signup_date"])).dt.days + 30) - 6.5,
        data["monthly_charge"].str.replace(" EUR", "").astype(float) / 10 - 3,
    ]).astype(float)


def train(data, model_dir):
    data = tidy(data.drop_duplicates())
    enc = encoder().fit(data[list(CATEGORIES)])
    X = np.hstack([enc.transform(data[list(CATEGORIES)]), numbers(data)])
    joblib.dump((enc, LogisticRegression(max_iter=500).fit(X, data["churned"])), Path(model_dir) / "model.joblib")


def evaluate(data):
    data = tidy(data.drop_duplicates())
    X = np.hstack([encoder().fit_transform(data[list(CATEGORIES)]), numbers(data)])
    y = data["churned"].to_numpy()
    customer, late = data["customer_id"].to_numpy(), (data["snapshot_date"] >= "2023-10-01").to_numpy()
    truth, score = [], []
    for held in np.array_split(np.random.RandomState(0).permutation(np.unique(customer)), 5):
        new = np.isin(customer, held)
        model = LogisticRegression(max_iter=500).fit(X[~new & ~late], y[~new & ~late])
        truth.append(y[new & late])
        score.append(model.predict_proba(X[new & late])[:, 1])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score)))}


def predict(data, model_dir):
    enc, model = joblib.load(Path(model_dir) / "model.joblib")
    data = tidy(data)
    return model.predict_proba(np.hstack([enc.transform(data[list(CATEGORIES)]), numbers(data)]))[:, 1]
