"""SMOTE inside an imbalanced-learn Pipeline: it only ever sees the rows the pipeline is fitted on."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

COLUMNS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def features(data: pd.DataFrame) -> pd.DataFrame:
    snapshot = pd.to_datetime(data["snapshot_date"])
    X = data[COLUMNS].astype(float)
    X["tenure"] = np.log1p((snapshot - pd.to_datetime(data["signup_date"])).dt.days)
    X["ending"] = ((pd.to_datetime(data["discount_end_date"]) - snapshot).dt.days < 61).astype(float)
    for term in ("monthly", "two_year"):
        X[term] = (data["contract"] == term).astype(float)
    X["charge"] = data["monthly_charge"].str.replace(" EUR", "").astype(float)
    X["ending_and_free"] = X["ending"] * X["monthly"] * X["discount_pct"]
    X["no_answer"] = data["satisfaction"].isna().astype(float)
    return X


def pipeline() -> Pipeline:
    return Pipeline([
        ("impute", SimpleImputer(strategy="median")),
        ("scale", StandardScaler()),
        ("smote", SMOTE(random_state=13, k_neighbors=5)),
        ("model", LogisticRegression(C=0.3, max_iter=400)),
    ])


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    joblib.dump(pipeline().fit(features(data), data["churned"]), Path(model_dir) / "smote.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    is_late = (data["snapshot_date"] >= "2023-10-01").to_numpy()
    y, p = [], []
    for tr, te in GroupKFold(n_splits=4).split(data, groups=data["customer_id"]):
        tr, te = tr[~is_late[tr]], te[is_late[te]]
        model = pipeline().fit(features(data.iloc[tr]), data["churned"].iloc[tr])
        p.append(model.predict_proba(features(data.iloc[te]))[:, 1])
        y.append(data["churned"].iloc[te].to_numpy())
    return {"roc_auc": float(roc_auc_score(np.concatenate(y), np.concatenate(p)))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "smote.joblib").predict_proba(features(data))[:, 1]
