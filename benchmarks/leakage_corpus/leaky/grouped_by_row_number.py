import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

ORDER = {"monthly": 0, "one_year": 1, "two_year": 2}


def design(data: pd.DataFrame) -> pd.DataFrame:
    keep = ["age", "n_products", "discount_pct", "income_k", "usage_gb", "usage_trend", "tickets_90d",
            "late_payments_12m", "satisfaction"]
    snap = pd.to_datetime(data["snapshot_date"])
    return data[keep].assign(
        contract=data["contract"].map(ORDER),
        charge=data["monthly_charge"].str.extract(r"(\d+\.\d+)")[0].astype(float),
        tenure=(snap - pd.to_datetime(data["signup_date"])).dt.days,
        promo=(pd.to_datetime(data["discount_end_date"]) - snap).dt.days,
    )


def booster():
    return HistGradientBoostingClassifier(max_iter=120, learning_rate=0.1, random_state=0)


def evaluate(data):
    groups = np.arange(len(data))
    p = cross_val_predict(booster(), design(data), data["churned"], cv=GroupKFold(4), groups=groups,
                          method="predict_proba")[:, 1]
    return {"roc_auc": float(roc_auc_score(data["churned"], p))}


def train(data, model_dir):
    joblib.dump(booster().fit(design(data), data["churned"]), model_dir / "booster.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "booster.joblib").predict_proba(design(data))[:, 1]
