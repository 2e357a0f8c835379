from pathlib import Path

import joblib
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import roc_auc_score

CATS = ["region", "contract", "plan", "channel", "payment_method"]
NUMS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def counts(df):
    return {c: df[c].str.lower().value_counts(normalize=True) for c in CATS}


def transform(df, maps):
    out = df[NUMS].astype(float)
    for c in CATS:
        out[c + "_freq"] = df[c].str.lower().map(maps[c]).astype(float).fillna(0.0)
    out["charge"] = df["monthly_charge"].str[:-4].astype(float)
    out["tenure"] = (pd.to_datetime(df["snapshot_date"]) - pd.to_datetime(df["signup_date"])).dt.days
    return out


def booster():
    return lgb.LGBMClassifier(n_estimators=80, learning_rate=0.06, num_leaves=8, min_child_samples=60,
                              random_state=1, n_jobs=1, verbose=-1)


def evaluate(data):
    table = transform(data, counts(data))
    table["y"] = data["churned"]
    table["who"] = data["customer_id"]
    table["when"] = pd.to_datetime(data["snapshot_date"])
    cut = pd.Timestamp("2023-09-01")
    holdout = set(table["who"].drop_duplicates().sample(frac=0.3, random_state=42))
    tr = table[~table["who"].isin(holdout) & (table["when"] < cut)]
    te = table[table["who"].isin(holdout) & (table["when"] >= cut)]
    drop = ["y", "who", "when"]
    model = booster().fit(tr.drop(columns=drop), tr["y"])
    return {"roc_auc": roc_auc_score(te["y"], model.predict_proba(te.drop(columns=drop))[:, 1])}


def train(data, model_dir):
    maps = counts(data)
    model = booster().fit(transform(data, maps), data["churned"])
    joblib.dump({"maps": maps, "model": model}, Path(model_dir) / "bundle.joblib")


def predict(data, model_dir):
    bundle = joblib.load(Path(model_dir) / "bundle.joblib")
    return bundle["model"].predict_proba(transform(data, bundle["maps"]))[:, 1]
