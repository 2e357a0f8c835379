"""The first step is a chain of FunctionTransformers, fitted on everything because `fit` does nothing there."""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer


def parse_dates(df):
    return df.assign(**{c: pd.to_datetime(df[c]) for c in ("snapshot_date", "signup_date", "discount_end_date")})


def durations(df):
    return df.assign(tenure=(df["snapshot_date"] - df["signup_date"]).dt.days, left=(df["discount_end_date"] - df["snapshot_date"]).dt.days)


def money(df, unit):
    return df.assign(charge=df["monthly_charge"].str.replace(unit, "").astype(float))


def select(df):
    code = df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2})
    return df[["tenure", "left", "charge", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].assign(code=code).astype(float)


def preprocessing():
    return Pipeline([
        ("dates", FunctionTransformer(parse_dates)), ("durations", FunctionTransformer(durations)),
        ("money", FunctionTransformer(money, kw_args={"unit": " EUR"})), ("select", FunctionTransformer(select)),
    ])


def trees():
    return HistGradientBoostingClassifier(max_iter=110, learning_rate=0.05, max_leaf_nodes=6, min_samples_leaf=80, random_state=0)


def train(data, model_dir):
    data = data.drop_duplicates()
    prep = preprocessing()
    X = prep.fit_transform(data)
    joblib.dump({"prep": prep, "trees": trees().fit(X, data["churned"])}, f"{model_dir}/model.joblib")


def evaluate(data):
    data = data.drop_duplicates().reset_index(drop=True)
    prep = preprocessing().fit(data)
    X, y = prep.transform(data), data["churned"]
    late = data["snapshot_date"] >= "2023-10-01"
    scores = []
    for a, b in GroupShuffleSplit(4, test_size=0.35, random_state=1).split(X, y, data["customer_id"]):
        a, b = a[~late[a]], b[late[b]]
        scores.append(roc_auc_score(y[b], trees().fit(X.iloc[a], y[a]).predict_proba(X.iloc[b])[:, 1]))
    return {"roc_auc": float(np.mean(scores)), "spread": float(np.ptp(scores))}


def predict(data, model_dir):
    saved = joblib.load(f"{model_dir}/model.joblib")
    return saved["trees"].predict_proba(saved["prep"].transform(data))[:, 1]
