"""Ticket routing with LightGBM: parameters by random search, rounds by early stopping, seeds averaged.

dev  = tickets before 2024-02-01 of four customers in five: search (GroupKFold), early stopping (some of its customers), fitting
test = tickets from 2024-02-01 on of the remaining customers: looked at once
"""

import json
from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy.stats import randint, uniform
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, ParameterSampler

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
CATS = {
    "channel": ["form", "mail", "phone"],
    "language": ["de", "en", "fr", "it"],
    "segment": ["business", "private"],
    "product": ["camera", "lock", "speaker", "thermostat"],
    "topic": ["bill", "contract", "fault", "login", "other", "parcel", "return", "setup"],
    "error_code": ["A05", "E10", "E20", "E31"],
    "parcel_state": ["delivered", "lost", "none", "underway"],
}
SPACE = {"num_leaves": randint(7, 24), "min_child_samples": randint(15, 60), "reg_lambda": uniform(0, 8), "colsample_bytree": uniform(0.5, 0.5)}
BASE = dict(objective="multiclass", n_estimators=60, learning_rate=0.12, n_jobs=1, verbose=-1, subsample=0.8, subsample_freq=1)
SEEDS = (1, 2)


def make_features(df):
    X = pd.DataFrame({c: pd.Categorical(df[c].str.lower() if c == "language" else df[c], categories=v) for c, v in CATS.items()}, index=df.index)
    opened = pd.to_datetime(df.opened_on)
    X["hour"] = df.hour
    X["weekday"] = opened.dt.weekday
    X["age"] = df.age.mask(df.age.eq(999))
    X["value"] = pd.to_numeric(df.last_order_value.str.replace("EUR", ""), errors="coerce")
    X["words"] = df.length.div(6).where(opened.lt("2023-10-01"), df.length)
    X["tenure"] = (opened - pd.to_datetime(df.customer_since)).dt.days
    X["parcel_due"] = df.days_since_order.lt(10) & df.parcel_state.eq("underway")
    return X.join(df[["days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]])


def search(X, y, groups, n_iter=4):
    """Mean loss over three folds of customers for each of `n_iter` settings; the best setting."""
    trials = []
    for params in ParameterSampler(SPACE, n_iter=n_iter, random_state=42):
        losses = []
        for tr, va in GroupKFold(n_splits=3).split(X, y, groups):
            model = lgb.LGBMClassifier(**BASE, **params, random_state=0).fit(X.iloc[tr], y.iloc[tr])
            losses.append(log_loss(y.iloc[va], model.predict_proba(X.iloc[va]), labels=model.classes_))
        trials.append((float(np.mean(losses)), params))
    return min(trials, key=lambda t: t[0])


def best_rounds(X, y, groups, params):
    tr, va = next(GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=5).split(X, y, groups))
    model = lgb.LGBMClassifier(**{**BASE, "n_estimators": 200}, **params, random_state=0)
    model.fit(X.iloc[tr], y.iloc[tr], eval_set=[(X.iloc[va], y.iloc[va])], callbacks=[lgb.early_stopping(15, verbose=False)])
    return int(model.best_iteration_ * 1.1)


def develop(df):
    """All choices and the final fit, from the rows given."""
    X, y, groups = make_features(df), df["team"], df["customer_id"]
    loss, params = search(X, y, groups)
    rounds = best_rounds(X, y, groups, params)
    models = [lgb.LGBMClassifier(**{**BASE, "n_estimators": rounds}, **params, random_state=s).fit(X, y) for s in SEEDS]
    return models, {"cv_log_loss": loss, "rounds": rounds, **params}


def average_proba(models, df):
    X = make_features(df)
    return sum(m.predict_proba(X) for m in models) / len(models)


def evaluate(data):
    data = data.drop_duplicates()
    rng = np.random.default_rng(99)
    ids = data["customer_id"].drop_duplicates().sort_values().to_numpy()
    outer_ids = rng.permutation(ids)[: len(ids) * 2 // 5]
    outer = data["customer_id"].isin(outer_ids)
    late = pd.to_datetime(data["opened_on"]) >= pd.Timestamp(2024, 2, 1)
    dev, test = data[~outer & ~late], data[outer & late]
    models, info = develop(dev)
    proba = average_proba(models, test)
    return {
        "log_loss": float(log_loss(test["team"], proba, labels=models[0].classes_)),
        "accuracy": float(accuracy_score(test["team"], models[0].classes_[proba.argmax(axis=1)])),
        "cv_log_loss_inner": info["cv_log_loss"],
    }


def train(data, model_dir):
    models, info = develop(data.drop_duplicates())
    joblib.dump(models, Path(model_dir) / "models.joblib")
    (Path(model_dir) / "chosen.json").write_text(json.dumps({k: float(v) for k, v in info.items()}, indent=1))


def predict(data, model_dir):
    models = joblib.load(Path(model_dir) / "models.joblib")
    order = [list(models[0].classes_).index(t) for t in TEAMS]
    return average_proba(models, data)[:, order]
