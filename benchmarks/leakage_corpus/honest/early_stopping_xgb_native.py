"""XGBoost's native API; early stopping watches customers that are in neither the training nor the test part."""
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score

PARAMS = {"objective": "binary:logistic", "eval_metric": "auc", "eta": 0.06, "max_depth": 3, "min_child_weight": 30,
          "lambda": 5.0, "subsample": 0.9, "colsample_bytree": 0.8, "seed": 1, "nthread": 1}
LEVELS = {"contract": ["monthly", "one_year", "two_year"], "channel": ["web", "shop", "phone", "partner"],
          "region": ["north", "south", "east", "west", "metro"], "payment_method": ["card", "debit", "transfer"]}


def dmatrix(df, labelled=True):
    X = pd.DataFrame({f"{c}_{v}": (df[c] == v).astype(float) for c, vs in LEVELS.items() for v in vs}, index=df.index)
    snap = pd.to_datetime(df["snapshot_date"])
    X["tenure"] = (snap - pd.to_datetime(df["signup_date"])).dt.days
    X["promo_left"] = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days
    X["bill"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    for c in ("n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"):
        X[c] = df[c]
    return xgb.DMatrix(X, label=df["churned"] if labelled else None)


def fit(df, seed):
    """The last three months of a quarter of the customers decide when to stop; they are not trained on."""
    ids = np.sort(df["customer_id"].unique())
    watch_ids = np.random.default_rng(seed).choice(ids, len(ids) // 4, replace=False)
    watched = df["customer_id"].isin(watch_ids)
    recent = df["snapshot_date"] >= sorted(df["snapshot_date"].unique())[-3]
    dtrain, dwatch = dmatrix(df[~watched]), dmatrix(df[watched & recent])
    return xgb.train(PARAMS, dtrain, 500, evals=[(dtrain, "train"), (dwatch, "watch")], early_stopping_rounds=25, verbose_eval=False)


def score(booster, df):
    return booster.predict(dmatrix(df, labelled=False), iteration_range=(0, booster.best_iteration + 1))


def evaluate(data):
    df = data.drop_duplicates()
    ids = np.random.default_rng(0).permutation(np.sort(df["customer_id"].unique()))
    y, p = [], []
    for fold in np.array_split(ids, 3):
        new, late = df["customer_id"].isin(fold), df["snapshot_date"] >= "2023-10-01"
        booster = fit(df[~new & ~late], seed=0)
        p.append(score(booster, df[new & late]))
        y.append(df.loc[new & late, "churned"])
    return {"roc_auc": float(roc_auc_score(np.concatenate(y), np.concatenate(p)))}


def train(data, model_dir):
    fit(data.drop_duplicates(), seed=0).save_model(str(Path(model_dir) / "booster.ubj"))


def predict(data, model_dir):
    booster = xgb.Booster()
    booster.load_model(str(Path(model_dir) / "booster.ubj"))
    return score(booster, data)
