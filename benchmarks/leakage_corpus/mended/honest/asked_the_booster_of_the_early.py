"""Churn by XGBoost's own interface: the booster of the early months is asked for its score."""

from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb

NUMBERS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
SETTINGS = {"objective": "binary:logistic", "eval_metric": "auc", "max_depth": 4, "eta": 0.1, "nthread": 1, "seed": 1}


def matrix(rows):
    x = rows[NUMBERS].astype(float)
    x["charge"] = rows["monthly_charge"].str.extract(r"([\d.]+)")[0].astype(float)
    x["months"] = (pd.to_datetime(rows["snapshot_date"]) - pd.to_datetime(rows["signup_date"])).dt.days // 30
    x["monthly"] = (rows["contract"] == "monthly").astype(float)
    return xgb.DMatrix(x, rows["churned"] if "churned" in rows else None)


def booster(rows):
    return xgb.train(SETTINGS, matrix(rows), num_boost_round=70)


def area(model, rows):
    """What the booster itself says of some rows, as in `[0] judged-auc:0.81`."""
    return float(model.eval(matrix(rows), "judged").split(":")[1])


def evaluate(data):
    rows = data.drop_duplicates()
    customers = np.random.default_rng(8).permutation(np.sort(rows["customer_id"].unique()))
    new = rows["customer_id"].isin(customers[: len(customers) // 3])
    late = rows["snapshot_date"] >= "2023-08-01"
    return {"roc_auc": area(booster(rows[~new & ~late]), rows[new & late])}


def train(data, model_dir):
    booster(data.drop_duplicates()).save_model(Path(model_dir) / "churn.ubj")


def predict(data, model_dir):
    return xgb.Booster(model_file=Path(model_dir) / "churn.ubj").predict(matrix(data))
