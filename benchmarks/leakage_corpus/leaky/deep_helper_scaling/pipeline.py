"""Churn pipeline; the work is done in the `lib` package."""

import joblib
from lib.dataset import load_table
from lib.split import forward_split
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score


def evaluate(data):
    table, _ = load_table(data)
    fit, check = forward_split(table)
    model = LogisticRegression(max_iter=500).fit(fit.X, fit.y)
    return {"roc_auc": float(roc_auc_score(check.y, model.predict_proba(check.X)[:, 1]))}


def train(data, model_dir):
    table, state = load_table(data)
    model = LogisticRegression(max_iter=500).fit(table.X, table.y)
    joblib.dump((model, state), model_dir / "churn.joblib")


def predict(data, model_dir):
    model, state = joblib.load(model_dir / "churn.joblib")
    table, _ = load_table(data, state)
    return model.predict_proba(table.X)[:, 1]
