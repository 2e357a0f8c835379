"""Churn with LightGBM.  Segment risk: how often rows of a similar customer churned, leaving out the row itself."""

from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

SEGMENTS = [
    ["region", "contract", "plan"],
    ["contract", "tenure_band", "discount_band"],
    ["postcode", "contract"],
]
PARAMS = dict(n_estimators=120, learning_rate=0.05, num_leaves=15, min_child_samples=30, subsample=0.8, subsample_freq=1, n_jobs=1, verbose=-1)
LAST_MONTHS = "2023-08-01"


def base_features(df):
    out = df.copy()
    snap = pd.to_datetime(out["snapshot_date"])
    out["plan"] = out["plan"].str.upper()
    out["age"] = out["age"].where(out["age"] < 999)
    out["charge"] = out["monthly_charge"].str.split(" ").str.get(0).astype(float)
    out["usage"] = out["usage_gb"] / np.where(snap < pd.Timestamp("2023-07-01"), 1000.0, 1.0)
    out["tenure"] = (snap - pd.to_datetime(out["signup_date"])).dt.days / 365.25
    out["discount_left"] = (pd.to_datetime(out["discount_end_date"]) - snap).dt.days
    out["tenure_band"] = pd.cut(out["tenure"], [-np.inf, 0.5, 1, 2, 4, np.inf], labels=False)
    out["discount_band"] = pd.cut(out["discount_left"].fillna(-500), [-np.inf, -400, 0, 60, 180, np.inf], labels=False)
    return out


def segment_risk(df, smoothing=10.0):
    """Leave-one-out risk of each segment, plus the tables that new rows are looked up in."""
    prior = df["churned"].mean()
    tables = {}
    for i, keys in enumerate(SEGMENTS):
        grouped = df.groupby(keys)["churned"]
        total, n = grouped.transform("sum"), grouped.transform("count")
        df[f"risk_{i}"] = (total - df["churned"] + smoothing * prior) / (n - 1 + smoothing)
        table = grouped.agg(["sum", "count"])
        tables[i] = ((table["sum"] + smoothing * prior) / (table["count"] + smoothing)).rename(f"risk_{i}").reset_index()
    return df, tables, prior


def columns():
    return ["age", "income_k", "charge", "usage", "usage_trend", "satisfaction", "tenure", "discount_left", "n_products", "discount_pct",
            "tickets_90d", "late_payments_12m"] + [f"risk_{i}" for i in range(len(SEGMENTS))]  # fmt: skip


def cv_scores(df, n_splits=4):
    scores = []
    late = (df["snapshot_date"] >= LAST_MONTHS).to_numpy()
    for fold, (tr, va) in enumerate(GroupKFold(n_splits).split(df, groups=df["customer_id"])):
        tr, va = tr[~late[tr]], va[late[va]]  # earlier months of these customers, later months of those
        model = lgb.LGBMClassifier(random_state=fold, **PARAMS)
        model.fit(df.iloc[tr][columns()], df.iloc[tr]["churned"])
        scores.append(roc_auc_score(df.iloc[va]["churned"], model.predict_proba(df.iloc[va][columns()])[:, 1]))
    return scores


def evaluate(data):
    df, _, _ = segment_risk(base_features(data.drop_duplicates().reset_index(drop=True)))
    scores = cv_scores(df)
    return {"roc_auc": float(np.mean(scores)), "roc_auc_sd": float(np.std(scores))}


def train(data, model_dir):
    df, tables, prior = segment_risk(base_features(data.drop_duplicates().reset_index(drop=True)))
    models = [lgb.LGBMClassifier(random_state=s, **PARAMS).fit(df[columns()], df["churned"]) for s in range(3)]
    joblib.dump({"models": models, "tables": tables, "prior": prior}, Path(model_dir) / "bundle.joblib")


def predict(data, model_dir):
    bundle = joblib.load(Path(model_dir) / "bundle.joblib")
    df = base_features(data).reset_index(drop=True)
    for i, keys in enumerate(SEGMENTS):
        df = df.merge(bundle["tables"][i], on=keys, how="left")
        df[f"risk_{i}"] = df[f"risk_{i}"].fillna(bundle["prior"])
    return np.mean([m.predict_proba(df[columns()])[:, 1] for m in bundle["models"]], axis=0)
