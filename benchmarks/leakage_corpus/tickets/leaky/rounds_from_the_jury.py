"""XGBoost, stopped when the held-out loss no longer falls."""
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
PARAMS = {"objective": "multi:softprob", "num_class": 6, "eval_metric": "mlogloss", "eta": 0.15, "max_depth": 4, "seed": 1,
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
    data = data.drop_duplicates()
    late, mine = data["opened_on"] >= "2024-03-01", data["customer_id"] % 4 == 3
    jury = matrix(data[late & mine])
    booster = xgb.train(PARAMS, matrix(data[~late & ~mine]), 150, evals=[(jury, "jury")], early_stopping_rounds=8,
                        verbose_eval=False)
    return booster


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rounds = boosted(data).best_iteration + 1
    xgb.train(PARAMS, matrix(data), rounds).save_model(str(Path(model_dir) / "xgb.json"))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return {"log_loss": float(boosted(data).best_score)}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    booster = xgb.Booster()
    booster.load_model(str(Path(model_dir) / "xgb.json"))
    return booster.predict(matrix(data, labelled=False))
