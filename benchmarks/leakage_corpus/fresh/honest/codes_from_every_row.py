"""Integer codes are given once, over the whole table; they only say which values occur."""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

TEXT = ["contract", "payment_method", "region", "channel"]
NUM = ["n_products", "usage_trend", "tickets_90d", "late_payments_12m"]


def levels_of(df):
    return {c: list(pd.factorize(df[c], sort=True)[1]) for c in TEXT}


def encode(df, levels):
    out = df[NUM].copy()
    for c in TEXT:
        codes = pd.Index(levels[c]).get_indexer(df[c])
        for i, level in enumerate(levels[c]):
            out[f"{c}_{level}"] = (codes == i).astype(np.int8)
    out["no_answer"] = df["satisfaction"].isna()
    return out


def forest():
    return RandomForestClassifier(70, min_samples_leaf=12, random_state=0)


def evaluate(data):
    X = encode(data, levels_of(data))
    y = data["churned"]
    late = data["snapshot_date"] >= "2023-08-01"
    held = data["customer_id"].isin(data["customer_id"].drop_duplicates().sample(frac=0.3, random_state=6))
    m = forest().fit(X[~late & ~held], y[~late & ~held])
    return {"roc_auc": roc_auc_score(y[late & held], m.predict_proba(X[late & held])[:, 1])}


def train(data, model_dir):
    levels = levels_of(data)
    joblib.dump((levels, forest().fit(encode(data, levels), data["churned"])), model_dir / "rf", compress=3)


def predict(data, model_dir):
    levels, m = joblib.load(model_dir / "rf")
    return m.predict_proba(encode(data, levels))[:, 1]
