"""Churn baseline: logistic regression on cleaned columns.

evaluate() scores a model on customers and months it has not seen, and afterwards fits the model once more on
everything, because I wanted to see in the log how far the coefficients move when the last months come in.
"""
import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

logger = logging.getLogger("churn")

NUM = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m",
       "satisfaction", "tenure", "charge", "promo_near", "silent"]
CAT = ["region", "contract", "plan", "channel", "payment_method"]


def add_columns(df):
    df = df.copy()
    snap = pd.to_datetime(df["snapshot_date"])
    df["tenure"] = np.log1p((snap - pd.to_datetime(df["signup_date"])).dt.days)
    left = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days
    df["promo_near"] = (left.between(0, 60) & (df["contract"] == "monthly")).astype(int) * df["discount_pct"]
    df["charge"] = df["monthly_charge"].str.split(" ").str[0].astype(float)
    df["age"] = df["age"].replace(999, np.nan)
    df["plan"] = df["plan"].str.upper()
    df["silent"] = df["satisfaction"].isna().astype(int)
    return df


def build():
    prep = ColumnTransformer([
        ("num", Pipeline([("imp", SimpleImputer(strategy="median")), ("sc", StandardScaler())]), NUM),
        ("cat", OneHotEncoder(handle_unknown="ignore"), CAT),
    ])
    return Pipeline([("prep", prep), ("clf", LogisticRegression(C=0.5, max_iter=500))])


def train(data, model_dir):
    df = add_columns(data.drop_duplicates())
    joblib.dump(build().fit(df, df["churned"]), Path(model_dir) / "pipe.joblib")


def evaluate(data):
    df = add_columns(data.drop_duplicates())
    ids = np.sort(df["customer_id"].unique())
    np.random.RandomState(3).shuffle(ids)
    held = df["customer_id"].isin(ids[: int(0.4 * len(ids))])
    late = df["snapshot_date"] >= "2023-09-01"

    model = build()
    model.fit(df[~held & ~late], df.loc[~held & ~late, "churned"])
    test = df[held & late]
    auc = roc_auc_score(test["churned"], model.predict_proba(test)[:, 1])
    before = model.named_steps["clf"].coef_.ravel().copy()

    # the number above is final; now the model that would go live
    model.fit(df, df["churned"])
    after = model.named_steps["clf"].coef_.ravel()
    if len(before) == len(after):
        logger.info("largest move of a coefficient: %.3f", np.abs(after - before).max())
    return {"roc_auc": float(auc)}


def predict(data, model_dir):
    model = joblib.load(Path(model_dir) / "pipe.joblib")
    return model.predict_proba(add_columns(data))[:, 1]
