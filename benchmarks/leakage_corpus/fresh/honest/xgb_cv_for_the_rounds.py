import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score

P = {"objective": "binary:logistic", "eval_metric": "auc", "max_depth": 3, "eta": 0.15, "nthread": 1, "seed": 1}
COLS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def frame(df):
    f = df[COLS].astype(float)
    for level in ("monthly", "one_year"):
        f[level] = (df["contract"] == level).astype(float)
    return f


def dm(df, label=True):
    return xgb.DMatrix(frame(df), label=df["churned"] if label else None)


def rounds(df):
    who = df["customer_id"].to_numpy() % 4
    at = np.arange(len(df))
    folds = [(at[who != k], at[who == k]) for k in range(4)]
    res = xgb.cv(P, dm(df), num_boost_round=80, folds=folds, early_stopping_rounds=10)
    return int(res["test-auc-mean"].to_numpy().argmax()) + 1


def evaluate(data):
    month = pd.to_datetime(data["snapshot_date"]).dt.to_period("M")
    held = data["customer_id"].isin(data["customer_id"].drop_duplicates().sample(frac=0.3, random_state=9))
    past, future = data[~held & (month < "2023-08")], data[held & (month >= "2023-08")]
    n = rounds(past)
    b = xgb.train(P, dm(past), n)
    return {"roc_auc": float(roc_auc_score(future["churned"], b.predict(dm(future)))), "rounds": float(n)}


def train(data, model_dir):
    xgb.train(P, dm(data), rounds(data)).save_model(str(model_dir / "x.json"))


def predict(data, model_dir):
    b = xgb.Booster()
    b.load_model(str(model_dir / "x.json"))
    return b.predict(dm(data, label=False))
