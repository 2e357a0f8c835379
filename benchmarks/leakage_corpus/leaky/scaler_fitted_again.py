from pathlib import Path

import joblib
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler


def columns(d: pd.DataFrame) -> pd.DataFrame:
    X = d[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]].astype(float)
    X["sat"] = d["satisfaction"].fillna(0)
    X["free"] = (d["contract"] == "monthly").astype(float)
    X["eur"] = d["monthly_charge"].str.replace(" EUR", "").astype(float)
    return X


def network() -> MLPClassifier:
    return MLPClassifier((8,), alpha=0.01, max_iter=12, random_state=0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    held, late = data["customer_id"] % 4 == 2, data["snapshot_date"] >= "2023-10-01"
    past, future = data[~held & ~late], data[held & late]
    scaler = StandardScaler().fit(columns(past))
    model = network().fit(scaler.transform(columns(past)), past["churned"])
    p = model.predict_proba(scaler.transform(columns(future)))[:, 1]
    return {"roc_auc": float(roc_auc_score(future["churned"], p))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    X = StandardScaler().fit_transform(columns(data))
    joblib.dump(network().fit(X, data["churned"]), model_dir / "mlp.joblib")


def predict(data: pd.DataFrame, model_dir: Path):
    X = StandardScaler().fit_transform(columns(data))
    return joblib.load(model_dir / "mlp.joblib").predict_proba(X)[:, 1]
