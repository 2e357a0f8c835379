"""Churn of a postcode area up to the month, from a month x area table."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

BASE = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "monthly"]
PRIOR, STRENGTH = 0.22, 4


def shape(df):
    return df.assign(
        month=df["snapshot_date"].str[:7], area=df["postcode"] // 100, monthly=(df["contract"] == "monthly").astype(int)
    )


def area_rates(df):
    """Month x area: the smoothed share of leavers of all months so far."""
    grid = df.pivot_table(
        index="month", columns="area", values="churned", aggfunc=["sum", "count"], fill_value=0
    ).sort_index()
    so_far = grid.cumsum()
    return (so_far["sum"] + PRIOR * STRENGTH) / (so_far["count"] + STRENGTH)


def join_rates(df, rates):
    long = rates.stack().rename("area_rate").reset_index()
    return df.merge(long, on=["month", "area"], how="left")


def learner():
    return HistGradientBoostingClassifier(max_iter=120, max_leaf_nodes=12, learning_rate=0.06, random_state=10)


def evaluate(data):
    df = shape(data.drop_duplicates())
    df = join_rates(df, area_rates(df))
    test_customers = df["customer_id"].drop_duplicates().sample(frac=0.3, random_state=12)
    apart = df["customer_id"].isin(test_customers)
    old, new = df[~apart & (df["month"] < "2023-07")], df[apart & (df["month"] >= "2023-09")]
    clf = learner().fit(old[[*BASE, "area_rate"]], old["churned"])
    return {"roc_auc": float(roc_auc_score(new["churned"], clf.predict_proba(new[[*BASE, "area_rate"]])[:, 1]))}


def train(data, model_dir):
    df = shape(data.drop_duplicates())
    rates = area_rates(df)
    df = join_rates(df, rates)
    clf = learner().fit(df[[*BASE, "area_rate"]], df["churned"])
    joblib.dump({"clf": clf, "now": rates.iloc[-1].to_dict()}, Path(model_dir) / "area.joblib")


def predict(data, model_dir):
    bundle = joblib.load(Path(model_dir) / "area.joblib")
    df = shape(data)
    df["area_rate"] = df["area"].map(bundle["now"]).fillna(PRIOR)
    return bundle["clf"].predict_proba(df[[*BASE, "area_rate"]])[:, 1]
