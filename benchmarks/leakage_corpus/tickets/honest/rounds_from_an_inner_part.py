"""XGBoost; an inner group of customers stops the boosting, and others judge it."""
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import log_loss

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
PARAMS = {"objective": "multi:softprob", "num_class": 6, "eval_metric": "mlogloss", "eta": 0.15, "max_depth": 3, "seed": 1,
          "nthread": 1}
MAPS = {"topic": "bill parcel return fault setup login contract other".split(),
        "product": "thermostat camera speaker lock".split(), "parcel_state": "none underway delivered lost".split(),
        "error_code": "E10 E20 E31 A05".split(), "channel": "form mail phone".split()}


def matrix(data, labelled=True):
    X = data[["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone", "age"]].astype(float)
    for name, levels in MAPS.items():
        X[name] = data[name].map({level: i for i, level in enumerate(levels)}).astype(float)
    return xgb.DMatrix(X, data["team"].map(TEAMS.index) if labelled else None)


def boosted(data):
    """Stops where the customers that are left out of the fit no longer gain."""
    inner = data["customer_id"] % 5 == 0
    return xgb.train(PARAMS, matrix(data[~inner]), 120, evals=[(matrix(data[inner]), "inner")], early_stopping_rounds=8,
                     verbose_eval=False)


def answers(booster, data):
    return booster.predict(matrix(data, labelled=False), iteration_range=(0, booster.best_iteration + 1)).astype(float)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    booster = boosted(data.drop_duplicates())
    booster[: booster.best_iteration + 1].save_model(str(Path(model_dir) / "xgb.json"))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    late, judged = data["opened_on"] >= "2024-03-01", data["customer_id"] % 4 == 3
    booster = boosted(data[~late & ~judged])
    test = data[late & judged]
    return {"log_loss": float(log_loss(test["team"].map(TEAMS.index), answers(booster, test), labels=range(6)))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    booster = xgb.Booster()
    booster.load_model(str(Path(model_dir) / "xgb.json"))
    return booster.predict(matrix(data, labelled=False)).astype(float)
