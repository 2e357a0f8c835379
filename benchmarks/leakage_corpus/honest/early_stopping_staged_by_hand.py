"""Number of trees read off staged predictions on inner validation customers; the test customers are not looked at."""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

COLS = ["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "discount_pct"]


def matrix(df):
    snap = pd.to_datetime(df["snapshot_date"])
    extra = {
        "tenure": (snap - pd.to_datetime(df["signup_date"])).dt.days,
        "left": (pd.to_datetime(df["discount_end_date"]) - snap).dt.days.fillna(999),
        "charge": df["monthly_charge"].str.rstrip("EUR ").astype(float),
        "contract": df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}).fillna(0),
        "sat": df["satisfaction"].fillna(0),
    }
    return df[COLS].assign(**extra)


def gb(n):
    return GradientBoostingClassifier(n_estimators=n, learning_rate=0.12, max_depth=3, min_samples_leaf=40, subsample=0.6, random_state=0)


def best_size(df, cut):
    inner = df["customer_id"] % 5 == 0
    a, b = df[~inner & (df["snapshot_date"] < cut)], df[inner & (df["snapshot_date"] >= cut)]
    model = gb(80).fit(matrix(a), a["churned"])
    losses = [log_loss(b["churned"], p[:, 1], labels=[0, 1]) for p in model.staged_predict_proba(matrix(b))]
    return int(np.argmin(losses)) + 1


def evaluate(data):
    df = data.drop_duplicates()
    outer = df["customer_id"] % 7 < 3
    dev, test = df[~outer & (df["snapshot_date"] < "2023-09-01")], df[outer & (df["snapshot_date"] >= "2023-09-01")]
    size = best_size(dev, "2023-06-01")
    model = gb(size).fit(matrix(dev), dev["churned"])
    return {"roc_auc": float(roc_auc_score(test["churned"], model.predict_proba(matrix(test))[:, 1])), "trees": float(size)}


def train(data, model_dir):
    df = data.drop_duplicates()
    joblib.dump(gb(best_size(df, "2023-09-01")).fit(matrix(df), df["churned"]), f"{model_dir}/gb.joblib")


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/gb.joblib").predict_proba(matrix(data))[:, 1]
