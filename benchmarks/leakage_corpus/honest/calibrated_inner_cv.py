"""Calibration on inner folds of the training part; ranking and Brier score judged on untouched later rows."""
import joblib
import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.model_selection import GroupKFold


def inputs(df):
    ref = pd.to_datetime(df["snapshot_date"])
    return np.column_stack([
        (ref - pd.to_datetime(df["signup_date"])).dt.days,
        (pd.to_datetime(df["discount_end_date"]) - ref).dt.days,
        df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}),
        df["monthly_charge"].str.replace(" EUR", "").astype(float),
        df[["satisfaction", "usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]],
    ]).astype(float)


def calibrated(df):
    inner = list(GroupKFold(3).split(df, groups=df["customer_id"]))
    trees = HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=6, min_samples_leaf=60, random_state=0)
    return CalibratedClassifierCV(trees, method="isotonic", cv=inner).fit(inputs(df), df["churned"])


def evaluate(data):
    df = data.drop_duplicates()
    first_unseen = "2023-09-01"
    y, p = [], []
    for half in (0, 1):
        mine = (df["customer_id"] // 11) % 2 == half
        model = calibrated(df[mine & (df["snapshot_date"] < first_unseen)])
        other = df[~mine & (df["snapshot_date"] >= first_unseen)]
        y.append(other["churned"].to_numpy())
        p.append(model.predict_proba(inputs(other))[:, 1])
    y, p = np.concatenate(y), np.concatenate(p)
    return {"roc_auc": float(roc_auc_score(y, p)), "brier": float(brier_score_loss(y, p)), "mean_score": float(p.mean()), "base_rate": float(y.mean())}


def train(data, model_dir):
    joblib.dump(calibrated(data.drop_duplicates()), f"{model_dir}/calibrated.joblib")


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/calibrated.joblib").predict_proba(inputs(data))[:, 1]
