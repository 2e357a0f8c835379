"""Out-of-bag estimate with customers as the unit: draw customers, learn their past, judge the others' future."""
import pickle
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB


def flags(df):
    """Yes/no questions about one row, with round limits."""
    day = pd.to_datetime(df["snapshot_date"])
    tenure = (day - pd.to_datetime(df["signup_date"])).dt.days
    left = (pd.to_datetime(df["discount_end_date"]) - day).dt.days
    price = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    monthly = df["contract"] == "monthly"
    return np.column_stack([
        monthly, df["contract"] == "two_year", monthly & (left <= 60), monthly & (left > 60), monthly & (left <= 60) & (df["discount_pct"] >= 20),
        tenure < 365, tenure > 1500, price > 30, price > 45, df["satisfaction"].isna(), df["satisfaction"] < 5, df["satisfaction"] > 7.5,
        df["usage_trend"] < -1, df["usage_trend"].abs() > 1.5, df["tickets_90d"] > 0, df["tickets_90d"] > 2, df["late_payments_12m"] > 0,
        df["late_payments_12m"] > 1, df["n_products"] == 1, df["n_products"] > 2, df["channel"] == "partner", df["region"] == "south",
    ]).astype(int)


def evaluate(data):
    df = data.drop_duplicates()
    F, y = flags(df), df["churned"].to_numpy()
    ids, code = np.unique(df["customer_id"], return_inverse=True)
    late = (df["snapshot_date"] >= "2023-09-01").to_numpy()
    rng = np.random.default_rng(44)
    aucs = []
    for _ in range(20):
        drawn = np.bincount(rng.integers(0, len(ids), len(ids)), minlength=len(ids))[code]
        bag, oob = (drawn > 0) & ~late, (drawn == 0) & late
        nb = BernoulliNB(alpha=2.0).fit(F[bag], y[bag], sample_weight=drawn[bag])
        aucs.append(roc_auc_score(y[oob], nb.predict_proba(F[oob])[:, 1]))
    low, high = np.quantile(aucs, [0.025, 0.975])
    return {"roc_auc": float(np.mean(aucs)), "roc_auc_2_5": float(low), "roc_auc_97_5": float(high)}


def train(data, model_dir):
    df = data.drop_duplicates()
    with open(f"{model_dir}/nb.pkl", "wb") as f:
        pickle.dump(BernoulliNB(alpha=2.0).fit(flags(df), df["churned"]), f)


def predict(data, model_dir):
    with open(f"{model_dir}/nb.pkl", "rb") as f:
        return pickle.load(f).predict_proba(flags(data))[:, 1]
