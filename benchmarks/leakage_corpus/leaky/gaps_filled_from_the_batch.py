from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold


def clean(data: pd.DataFrame) -> np.ndarray:
    A = data[["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m",
              "satisfaction"]].to_numpy(dtype=float, copy=True)
    A[A[:, 0] == 999, 0] = np.nan
    gaps = np.isnan(A)
    A[gaps] = np.take(np.nanmedian(A, axis=0), np.nonzero(gaps)[1])
    free = (data["contract"] == "monthly").to_numpy(float)
    return np.column_stack([A / [20, 1, 10, 1, 1, 1, 2], free, np.abs(A[:, 3])])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    late = (data["snapshot_date"] >= "2023-09-01").to_numpy()
    y = data["churned"].to_numpy()
    aucs = []
    for a, b in GroupKFold(4).split(y, groups=data["customer_id"]):
        a, b = a[~late[a]], b[late[b]]
        model = LogisticRegression(max_iter=300).fit(clean(data.iloc[a]), y[a])
        aucs.append(roc_auc_score(y[b], model.predict_proba(clean(data.iloc[b]))[:, 1]))
    return {"roc_auc": float(np.mean(aucs))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(LogisticRegression(max_iter=300).fit(clean(data), data["churned"]), model_dir / "lr.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(model_dir / "lr.joblib").predict_proba(clean(data))[:, 1]
