"""Churn: thirty bootstrap bags of customers; every bag is judged by later months of the customers that are not in it.

The bag's model sees months up to the end of June 2023; out of bag are the months from August on.
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

BAGS = 30
FIT_UNTIL, JUDGE_FROM = "2023-06-30", "2023-08-01"


class Bagged:
    """A tree and a logistic regression, averaged."""

    def __init__(self, seed):
        self.tree = DecisionTreeClassifier(max_depth=7, min_samples_leaf=40, random_state=seed)
        self.line = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=500))

    def fit(self, rows):
        X, y = table(rows), rows["churned"].to_numpy()
        self.tree.fit(X, y)
        self.line.fit(X, y)
        return self

    def scores(self, rows):
        X = table(rows)
        return (self.tree.predict_proba(X)[:, 1] + self.line.predict_proba(X)[:, 1]) / 2


def table(rows):
    snap = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - snap).dt.days
    age = rows["age"].where(rows["age"] < 120, 48)
    columns = [
        age,
        (age - 45) ** 2 / 100,
        rows["n_products"],
        rows["discount_pct"],
        left.fillna(0).clip(-30, 200),
        left.isna(),
        rows["usage_trend"],
        rows["usage_trend"] ** 2,
        rows["tickets_90d"],
        rows["late_payments_12m"],
        rows["satisfaction"].fillna(6),
        rows["satisfaction"].isna(),
        rows["monthly_charge"].str.replace(" EUR", "").astype(float),
        (snap - pd.to_datetime(rows["signup_date"])).dt.days / 365,
        rows["contract"] == "monthly",
        rows["contract"] == "two_year",
        (rows["contract"] == "monthly") & (left < 60),
        rows["payment_method"] == "transfer",
        rows["region"] == "south",
    ]
    return np.column_stack([np.asarray(column, dtype=float) for column in columns])


def bags(df):
    """(rows of the bag, rows out of the bag) for every draw of customers with replacement."""
    rng = np.random.default_rng(5)
    customers = df["customer_id"].unique()
    rows_of = df.groupby("customer_id").indices
    early, late = df["snapshot_date"] <= FIT_UNTIL, df["snapshot_date"] >= JUDGE_FROM
    for _ in range(BAGS):
        drawn = rng.integers(0, len(customers), len(customers))
        inside = np.concatenate([rows_of[c] for c in customers[drawn]])
        outside = ~df.index.isin(drawn)
        yield df.iloc[inside[early.to_numpy()[inside]]], df[outside & late]


def evaluate(data):
    df = data.drop_duplicates(ignore_index=True)
    aucs, total, count = [], np.zeros(len(df)), np.zeros(len(df))
    for number, (bag, out) in enumerate(bags(df)):
        model = Bagged(number).fit(bag)
        scores = model.scores(out)
        total[out.index] += scores
        count[out.index] += 1
        aucs.append(roc_auc_score(out["churned"], scores))
    seen = count > 0
    return {
        "roc_auc": roc_auc_score(df["churned"][seen], total[seen] / count[seen]),
        "roc_auc_single_bag": float(np.mean(aucs)),
        "interval_low": float(np.percentile(aucs, 2.5)),
        "interval_high": float(np.percentile(aucs, 97.5)),
    }


def train(data, model_dir):
    df = data.drop_duplicates(ignore_index=True)
    rng = np.random.default_rng(5)
    customers, rows_of = df["customer_id"].unique(), df.groupby("customer_id").indices
    models = []
    for number in range(BAGS):
        drawn = rng.integers(0, len(customers), len(customers))
        models.append(Bagged(number).fit(df.iloc[np.concatenate([rows_of[c] for c in customers[drawn]])]))
    joblib.dump(models, Path(model_dir) / "bags.joblib")


def predict(data, model_dir):
    return np.mean([model.scores(data) for model in joblib.load(Path(model_dir) / "bags.joblib")], axis=0)
