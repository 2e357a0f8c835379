"""Churn by CatBoost: the library's own cross-validation is told of the folds."""

from pathlib import Path

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool, cv

WORDS = ["region", "contract"]
NUMBERS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
SETTINGS = {
    "loss_function": "Logloss", "eval_metric": "AUC", "iterations": 80, "learning_rate": 0.1, "depth": 4, "random_seed": 0,
    "thread_count": 1, "allow_writing_files": False, "verbose": 0,
}  # fmt: skip


def table(rows):
    x = rows[NUMBERS].astype(float)
    x["charge"] = rows["monthly_charge"].str.extract(r"([\d.]+)")[0].astype(float)
    x["months"] = (pd.to_datetime(rows["snapshot_date"]) - pd.to_datetime(rows["signup_date"])).dt.days // 30
    x[WORDS] = rows[WORDS].fillna("-").astype(str)
    return x


def pool(rows):
    return Pool(table(rows), rows["churned"].to_numpy(), cat_features=WORDS)


def folds(rows):
    """Thirds of the customers, each judged in the last months by a model of the others' earlier ones."""
    third = np.random.default_rng(5).permutation(rows["customer_id"].max() + 1)[rows["customer_id"]] % 3
    late = rows["snapshot_date"] >= "2023-08-01"
    return [(np.flatnonzero((third != n) & ~late), np.flatnonzero((third == n) & late)) for n in range(3)]


def evaluate(data):
    rows = data.drop_duplicates().reset_index(drop=True)
    told = cv(pool(rows), SETTINGS, folds=folds(rows))
    return {"roc_auc": float(told["test-AUC-mean"].iloc[-1]), "spread": float(told["test-AUC-std"].iloc[-1])}


def train(data, model_dir):
    CatBoostClassifier(**SETTINGS).fit(pool(data.drop_duplicates())).save_model(str(Path(model_dir) / "churn.cbm"))


def predict(data, model_dir):
    model = CatBoostClassifier()
    model.load_model(str(Path(model_dir) / "churn.cbm"))
    return model.predict_proba(table(data))[:, 1]
