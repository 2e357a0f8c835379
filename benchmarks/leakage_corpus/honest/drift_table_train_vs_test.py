"""Compares training and test distributions (PSI, KS) and prints a table.  Nothing is chosen by it."""
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB

NAMES = ["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "charge", "log_tenure", "free", "two_year", "silent", "low_mood", "promo_ends"]


def features(df):
    day = pd.to_datetime(df["snapshot_date"])
    left = (pd.to_datetime(df["discount_end_date"]) - day).dt.days
    return df.assign(
        charge=df["monthly_charge"].str.split(" ").str[0].astype(float),
        log_tenure=np.log((day - pd.to_datetime(df["signup_date"])).dt.days + 1),
        free=(df["contract"] == "monthly").astype(float), two_year=(df["contract"] == "two_year").astype(float),
        silent=df["satisfaction"].isna().astype(float), low_mood=(df["satisfaction"] < 6).astype(float),
        promo_ends=((left <= 60) & (df["contract"] == "monthly")).astype(float),
    )[NAMES].astype(float)


def psi(a, b, bins=10):
    edges = np.unique(np.quantile(np.concatenate([a, b]), np.linspace(0, 1, bins + 1)))
    pa, pb = (np.histogram(v, edges)[0] / len(v) + 1e-4 for v in (a, b))
    return float(np.sum((pa - pb) * np.log(pa / pb)))


def drift(train_rows, test_rows):
    a, b = features(train_rows), features(test_rows)
    table = pd.DataFrame({"psi": {c: psi(a[c].to_numpy(), b[c].to_numpy()) for c in NAMES},
                          "ks_p": {c: ks_2samp(a[c], b[c]).pvalue for c in NAMES}})
    print(table.round(4).sort_values("psi", ascending=False))
    return float(table["psi"].max())


def evaluate(data):
    df = data.drop_duplicates()
    truth, score, worst = [], [], 0.0
    for k in range(3):
        mine = (df["customer_id"] // 13) % 3 == k
        old = df[~mine & (df["snapshot_date"] < "2023-09-01")]
        new = df[mine & (df["snapshot_date"] >= "2023-09-01")]
        worst = max(worst, drift(old, new))
        nb = GaussianNB(var_smoothing=1e-3).fit(features(old), old["churned"])
        truth.append(new["churned"])
        score.append(nb.predict_proba(features(new))[:, 1])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score))), "max_psi": worst}


def train(data, model_dir):
    df = data.drop_duplicates()
    Path(model_dir, "nb.pkl").write_bytes(pickle.dumps(GaussianNB(var_smoothing=1e-3).fit(features(df), df["churned"])))


def predict(data, model_dir):
    return pickle.loads(Path(model_dir, "nb.pkl").read_bytes()).predict_proba(features(data))[:, 1]
