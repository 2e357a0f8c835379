"""An operator's sensors of the month before, joined on month + 1."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score

SENSORS = [f"s{i}" for i in range(10)]
BEFORE = ["s0_month_before", "s1_month_before", "spread_before", "rows_before"]


def month_of(df):
    return pd.to_datetime(df["day"]).dt.year * 12 + pd.to_datetime(df["day"]).dt.month


def monthly(df):
    g = df.assign(month=month_of(df)).groupby(["operator", "month"])
    table = pd.DataFrame(
        {
            "s0_month_before": g["s0"].mean(),
            "s1_month_before": g["s1"].mean(),
            "spread_before": g["s2"].std(),
            "rows_before": g.size(),
        }
    ).reset_index()
    table["month"] += 1  # what is known once the month is over
    return table


def with_month_before(df, table):
    return df.assign(month=month_of(df)).merge(table, on=["operator", "month"], how="left")


def X(df):
    return df[SENSORS + BEFORE].fillna(0).assign(up=np.maximum(df["s0"], 0))


def trees():
    return ExtraTreesClassifier(
        200, min_samples_leaf=3, max_features=0.5, class_weight="balanced", random_state=9, n_jobs=1
    )


def evaluate(data):
    df = with_month_before(data, monthly(data))
    scores = []
    for month in sorted(df["month"].unique())[-3:]:
        learned, judged = df[df["month"] < month], df[df["month"] == month]
        if len(judged) < 100:
            continue
        model = trees().fit(X(learned), learned["state"])
        scores.append(f1_score(judged["state"], model.predict(X(judged)), average="macro"))
    return {"f1_macro": float(np.mean(scores))}


def train(data, model_dir):
    table = monthly(data)
    df = with_month_before(data, table)
    joblib.dump(
        {"model": trees().fit(X(df), df["state"]), "table": table}, Path(model_dir) / "trees.joblib", compress=3
    )


def predict(data, model_dir):
    bundle = joblib.load(Path(model_dir) / "trees.joblib")
    return bundle["model"].predict_proba(X(with_month_before(data, bundle["table"])))
