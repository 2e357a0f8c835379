"""Churn model with a small cache, as column statistics are asked for in several places."""

import logging

import joblib
import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score

log = logging.getLogger("churn")
FIELDS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "age"]
_stats: dict = {}


def stats(frame, name):
    """Mean and deviation of a column; computed once."""
    if name not in _stats:
        _stats[name] = (float(frame[name].mean()), float(frame[name].std()))
    return _stats[name]


def describe(frame):
    for name in FIELDS:
        log.info("%s: %.2f +- %.2f", name, *stats(frame, name))


def features(frame, known=None):
    out = {}
    for name in FIELDS:
        mean, sd = known[name] if known else stats(frame, name)
        out[name] = (frame[name] - mean) / sd
    out["free"] = (frame["contract"] == "monthly").astype(float)
    out["two"] = (frame["contract"] == "two_year").astype(float)
    out["silent"] = frame["satisfaction"].isna().astype(float)
    return pd.DataFrame(out)


def classifier():
    return SGDClassifier(loss="log_loss", alpha=1e-3, random_state=4)


def evaluate(data):
    _stats.clear()
    describe(data)
    order = data["customer_id"].drop_duplicates().sample(frac=1, random_state=9)
    others = data["customer_id"].isin(order[:800])
    old = data["snapshot_date"] < "2023-09-01"
    past, coming = data[old & ~others], data[~old & others]
    model = classifier().fit(features(past), past["churned"])
    return {"roc_auc": roc_auc_score(coming["churned"], model.decision_function(features(coming)))}


def train(data, model_dir):
    _stats.clear()
    model = classifier().fit(features(data), data["churned"])
    joblib.dump({"model": model, "stats": dict(_stats)}, model_dir / "model.joblib")


def predict(data, model_dir):
    saved = joblib.load(model_dir / "model.joblib")
    return saved["model"].predict_proba(features(data, saved["stats"]))[:, 1]
