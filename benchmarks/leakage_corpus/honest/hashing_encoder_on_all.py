"""category_encoders' HashingEncoder: a fixed hash of each value, so fitting it on all rows teaches it nothing."""
from pathlib import Path

import category_encoders as ce
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

TEXT = ["contract", "region", "channel", "payment_method"]


def hasher():
    return ce.HashingEncoder(cols=TEXT, n_components=24, max_process=1, hash_method="md5")


def numbers(df):
    day = pd.to_datetime(df["snapshot_date"])
    return df[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].assign(
        tenure=(day - pd.to_datetime(df["signup_date"])).dt.days, left=(pd.to_datetime(df["discount_end_date"]) - day).dt.days,
        charge=df["monthly_charge"].str.replace(" EUR", "").astype(float))


def assemble(encoder, df):
    return np.hstack([encoder.transform(df[TEXT].astype(object)).to_numpy(float), numbers(df).to_numpy(float)])


def trees():
    return HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=6, min_samples_leaf=80, learning_rate=0.08, random_state=0)


def train(data, model_dir):
    df = data.drop_duplicates()
    encoder = hasher().fit(df[TEXT].astype(object))
    joblib.dump((encoder, trees().fit(assemble(encoder, df), df["churned"])), Path(model_dir) / "hashed.joblib")


def evaluate(data):
    df = data.drop_duplicates()
    X, y = assemble(hasher().fit(df[TEXT].astype(object)), df), df["churned"].to_numpy()
    customers = np.random.default_rng(15).permutation(np.sort(df["customer_id"].unique()))
    late = (df["snapshot_date"] >= "2023-10-01").to_numpy()
    truth, score = [], []
    for held in np.array_split(customers, 3):
        new = df["customer_id"].isin(held).to_numpy()
        score.append(trees().fit(X[~new & ~late], y[~new & ~late]).predict_proba(X[new & late])[:, 1])
        truth.append(y[new & late])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score)))}


def predict(data, model_dir):
    encoder, model = joblib.load(Path(model_dir) / "hashed.joblib")
    return model.predict_proba(assemble(encoder, data))[:, 1]
