from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler


def numeric(d: pd.DataFrame) -> np.ndarray:
    tenure = (pd.to_datetime(d["snapshot_date"]) - pd.to_datetime(d["signup_date"])).dt.days
    return np.column_stack([
        d["age"].clip(upper=90), d["n_products"], d["discount_pct"], d["usage_trend"], d["tickets_90d"],
        d["late_payments_12m"], d["satisfaction"].fillna(4), tenure, d["contract"].eq("monthly"),
        d["monthly_charge"].str.split().str[0].astype(float),
    ]).astype(float)


def knn():
    return make_pipeline(MinMaxScaler(), KNeighborsClassifier(7))


def balanced(d):
    return SMOTE(random_state=1).fit_resample(numeric(d), d["churned"].to_numpy())


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    X, y = balanced(data)
    folds = StratifiedKFold(4, shuffle=True, random_state=1)
    scores = cross_val_score(knn(), X, y, cv=folds, scoring="roc_auc")
    return {"roc_auc": float(scores.mean())}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(knn().fit(*balanced(data)), model_dir / "knn.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "knn.joblib").predict_proba(numeric(data))[:, 1]
