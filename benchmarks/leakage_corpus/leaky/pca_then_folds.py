from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CATEGORIES = {
    "region": ["north", "south", "east", "west", "metro"],
    "contract": ["monthly", "one_year", "two_year"],
    "channel": ["web", "shop", "phone", "partner"],
    "payment_method": ["card", "debit", "transfer"],
}


def to_matrix(data: pd.DataFrame) -> np.ndarray:
    blocks = [(data[c].to_numpy()[:, None] == np.array(v, dtype=object)).astype(float) for c, v in CATEGORIES.items()]
    numbers = data[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]].to_numpy(float)
    charge = data["monthly_charge"].str.extract(r"([\d.]+)")[0].astype(float).to_numpy()[:, None]
    answered = data["satisfaction"].notna().to_numpy(float)[:, None]
    return np.hstack([*blocks, numbers, charge, answered, data[["satisfaction"]].fillna(7).to_numpy()])


def make_components():
    return make_pipeline(StandardScaler(), PCA(n_components=12, random_state=0))


def evaluate(data: pd.DataFrame) -> dict:
    data = data.drop_duplicates()
    Z = make_components().fit_transform(to_matrix(data))
    y = data["churned"].to_numpy()
    late = data["snapshot_date"].to_numpy() >= "2023-10-01"
    scores, truth = [], []
    for train_rows, test_rows in GroupKFold(n_splits=5).split(Z, y, data["customer_id"]):
        train_rows, test_rows = train_rows[~late[train_rows]], test_rows[late[test_rows]]
        clf = LogisticRegression(C=0.5, max_iter=300).fit(Z[train_rows], y[train_rows])
        scores.append(clf.predict_proba(Z[test_rows])[:, 1])
        truth.append(y[test_rows])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(scores)))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    model = make_pipeline(make_components(), LogisticRegression(C=0.5, max_iter=300))
    joblib.dump(model.fit(to_matrix(data), data["churned"]), model_dir / "model.joblib")


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "model.joblib").predict_proba(to_matrix(data))[:, 1]
