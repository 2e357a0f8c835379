"""Four candidates are compared on validation customers; the winner is judged once on test customers."""
import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

log = logging.getLogger(__name__)
CANDIDATES = {
    "dummy": lambda: DummyClassifier(),
    "logistic": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "forest": lambda: RandomForestClassifier(60, min_samples_leaf=10, random_state=0, n_jobs=1),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=6, min_samples_leaf=80, random_state=0),
}


def X(rows):
    snapshot = pd.to_datetime(rows["snapshot_date"])
    result = rows[["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "discount_pct"]].copy()
    result["satisfaction"] = rows["satisfaction"].fillna(4.0)
    result["tenure"] = np.sqrt((snapshot - pd.to_datetime(rows["signup_date"])).dt.days)
    result["promo_left"] = (pd.to_datetime(rows["discount_end_date"]) - snapshot).dt.days.clip(upper=120).fillna(120)
    result["charge"] = rows["monthly_charge"].str.split().str[0].astype(float)
    result["monthly"] = (rows["contract"] == "monthly").astype(int)
    result["two_year"] = (rows["contract"] == "two_year").astype(int)
    return result


def auc(model, rows):
    return float(roc_auc_score(rows["churned"], model.predict_proba(X(rows))[:, 1]))


def three_parts(rows):
    customers = np.random.default_rng(31).permutation(np.sort(rows["customer_id"].unique()))
    a, b, c = np.split(customers, [int(0.4 * len(customers)), int(0.65 * len(customers))])
    month = rows["snapshot_date"]
    return (
        rows[rows["customer_id"].isin(a) & (month < "2023-06-01")],
        rows[rows["customer_id"].isin(b) & (month >= "2023-06-01") & (month < "2023-09-01")],
        rows[rows["customer_id"].isin(c) & (month >= "2023-09-01")],
    )


def winner(learn, compare):
    scores = {name: auc(make().fit(X(learn), learn["churned"]), compare) for name, make in CANDIDATES.items()}
    log.info("validation: %s", scores)
    return max(scores, key=scores.get), scores


def evaluate(data):
    learn, compare, judge = three_parts(data.drop_duplicates())
    name, scores = winner(learn, compare)
    both = pd.concat([learn, compare])
    final = CANDIDATES[name]().fit(X(both), both["churned"])
    return {"roc_auc": auc(final, judge), **{f"validation_{k}": v for k, v in scores.items()}}


def train(data, model_dir):
    rows = data.drop_duplicates()
    learn, compare, judge = three_parts(rows)
    name, _ = winner(learn, pd.concat([compare, judge]))
    joblib.dump(CANDIDATES[name]().fit(X(rows), rows["churned"]), Path(model_dir) / f"final.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "final.joblib").predict_proba(X(data))[:, 1]
