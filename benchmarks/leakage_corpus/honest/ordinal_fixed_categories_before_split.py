"""OrdinalEncoder with the categories of the brief, fit_transform on the whole table: the codes are known beforehand."""
import joblib
import numpy as np
import pandas as pd
import lightgbm as lgb
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OrdinalEncoder

ORDER = [["monthly", "one_year", "two_year"], ["s", "m", "l"], ["web", "shop", "phone", "partner"], ["card", "debit", "transfer"]]
TEXT = ["contract", "plan", "channel", "payment_method"]


def encoder():
    return OrdinalEncoder(categories=ORDER, handle_unknown="use_encoded_value", unknown_value=-1)


def lower(df):
    return df[TEXT].apply(lambda s: s.str.lower())


def numbers(df):
    day = pd.to_datetime(df["snapshot_date"])
    return np.column_stack([
        (day - pd.to_datetime(df["signup_date"])).dt.days, (pd.to_datetime(df["discount_end_date"]) - day).dt.days,
        df["monthly_charge"].str.replace(" EUR", "").astype(float),
        df[["satisfaction", "usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]]]).astype(float)


def booster():
    return lgb.LGBMClassifier(n_estimators=90, num_leaves=6, learning_rate=0.06, min_child_samples=70, random_state=1, n_jobs=1, verbose=-1)


def evaluate(data):
    df = data.drop_duplicates()
    X = np.hstack([encoder().fit_transform(lower(df)), numbers(df)])
    y, who, month = df["churned"].to_numpy(), df["customer_id"].to_numpy(), df["snapshot_date"].to_numpy(dtype=str)
    truth, score = [], []
    for k in range(4):
        a, b = (who % 4 != k) & (month < "2023-10-01"), (who % 4 == k) & (month >= "2023-10-01")
        truth.append(y[b])
        score.append(booster().fit(X[a], y[a]).predict_proba(X[b])[:, 1])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score)))}


def train(data, model_dir):
    df = data.drop_duplicates()
    enc = encoder().fit(lower(df))
    X = np.hstack([enc.transform(lower(df)), numbers(df)])
    joblib.dump({"enc": enc, "lgb": booster().fit(X, df["churned"])}, f"{model_dir}/m.joblib")


def predict(data, model_dir):
    m = joblib.load(f"{model_dir}/m.joblib")
    return m["lgb"].predict_proba(np.hstack([m["enc"].transform(lower(data)), numbers(data)]))[:, 1]
