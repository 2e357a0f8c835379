"""Calibrated probabilities and the threshold for the call list; both learned on development customers only."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss, make_scorer, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, TunedThresholdClassifierCV

CALL, LOSS = 6.0, 30.0
CATEGORIES = {
    "contract": ["monthly", "one_year", "two_year"],
    "region": ["north", "south", "east", "west", "metro"],
    "channel": ["web", "shop", "phone", "partner"],
    "payment_method": ["card", "debit", "transfer"],
    "plan": ["S", "M", "L"],
}


def gain(y_true, y_pred):
    """Euro per customer: a call costs 6, a leaver who is called saves 30."""
    return float(np.mean(y_pred * (LOSS * y_true - CALL)))


def to_matrix(df):
    snap = pd.to_datetime(df.snapshot_date)
    x = df[["n_products", "discount_pct", "income_k", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].astype(float)
    x["age"] = df.age.where(df.age < 110)
    x["charge"] = df.monthly_charge.str.split().str[0].astype(float)
    x["days"] = (snap - pd.to_datetime(df.signup_date)).dt.days
    x["gb"] = df.usage_gb / np.where(snap.dt.strftime("%Y%m") < "202307", 1000, 1)
    x["promo_running"] = df.discount_end_date.notna().astype(float)
    x["left_of_promo"] = (pd.to_datetime(df.discount_end_date) - snap).dt.days
    plan = df.plan.str.strip().str.upper().str[:1]
    for name, values in CATEGORIES.items():
        col = plan if name == "plan" else df[name]
        for v in values:
            x[f"{name}={v}"] = (col == v).astype(float)
    return x


def group_folds(df, n=4):
    """Index pairs; scikit-learn's meta-estimators do not hand groups through, a list of pairs they do take."""
    cv = StratifiedGroupKFold(n_splits=n, shuffle=True, random_state=8)
    return list(cv.split(df, df.churned, groups=df.customer_id))


def fit_calibrated(df):
    base = HistGradientBoostingClassifier(max_iter=90, learning_rate=0.07, max_leaf_nodes=10, min_samples_leaf=40, random_state=1)
    model = CalibratedClassifierCV(base, method="isotonic", cv=group_folds(df))
    return model.fit(to_matrix(df), df.churned)


def find_threshold(df):
    tuned = TunedThresholdClassifierCV(
        HistGradientBoostingClassifier(max_iter=60, learning_rate=0.1, max_leaf_nodes=8, random_state=1),
        scoring=make_scorer(gain), cv=group_folds(df, 3), random_state=0,
    )
    tuned.fit(to_matrix(df), df.churned)
    return float(tuned.best_threshold_)


def evaluate(data):
    df = data.drop_duplicates(ignore_index=True)
    # the test: last four months, and customers whose number leaves a remainder of 0 or 1
    is_test_customer = df.customer_id % 5 < 2
    is_test_time = df.snapshot_date >= "2023-09-01"
    dev, test = df[~is_test_customer & ~is_test_time].reset_index(drop=True), df[is_test_customer & is_test_time].reset_index(drop=True)
    model = fit_calibrated(dev)
    threshold = find_threshold(dev)
    p = model.predict_proba(to_matrix(test))[:, 1]
    y = test.churned.to_numpy()
    dummy = DummyClassifier(strategy="prior").fit(to_matrix(dev), dev.churned)
    print("baseline (prior) brier", brier_score_loss(y, dummy.predict_proba(to_matrix(test))[:, 1]))
    print("gain on the test rows if one knew the best threshold:", max(gain(y, p > t) for t in np.linspace(0.02, 0.9, 45)))
    return {
        "roc_auc": roc_auc_score(y, p),
        "brier": brier_score_loss(y, p),
        "threshold": threshold,
        "gain_at_threshold": gain(y, p > threshold),
        "share_called": float(np.mean(p > threshold)),
    }


def train(data, model_dir):
    df = data.drop_duplicates(ignore_index=True)
    joblib.dump({"model": fit_calibrated(df), "threshold": find_threshold(df)}, Path(model_dir) / "calls.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "calls.joblib")["model"].predict_proba(to_matrix(data))[:, 1]
