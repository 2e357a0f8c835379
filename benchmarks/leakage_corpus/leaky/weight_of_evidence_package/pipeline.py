"""A classical scorecard."""

import joblib
from scoring.card import Scorecard


def train(data, model_dir):
    joblib.dump(Scorecard().fit(data), model_dir / "card.joblib")


def evaluate(data):
    return {"roc_auc": Scorecard().backtest(data)}


def predict(data, model_dir):
    return joblib.load(model_dir / "card.joblib").score(data)
