"""Writes a profile of the training table next to the model, for whoever monitors it.  predict() does not read it."""
from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold


def profile(data: pd.DataFrame) -> dict:
    numeric = data.describe(percentiles=[0.05, 0.5, 0.95]).round(4)
    text = {c: data[c].value_counts(normalize=True).round(4).head(10).to_dict() for c in ("region", "contract", "plan", "channel")}
    return {"rows": len(data), "numeric": numeric.to_dict(), "text": text, "churn_by_region": data.groupby("region")["churned"].mean().round(4).to_dict()}


def X(data: pd.DataFrame) -> np.ndarray:
    day = pd.to_datetime(data["snapshot_date"])
    left = (pd.to_datetime(data["discount_end_date"]) - day).dt.days.fillna(900)
    return np.column_stack([
        data["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}).fillna(3), left, (day - pd.to_datetime(data["signup_date"])).dt.days,
        data["monthly_charge"].str.replace(" EUR", "").astype(float), data["satisfaction"].fillna(0), data["usage_trend"],
        data["tickets_90d"], data["late_payments_12m"], data["n_products"], data["discount_pct"],
    ]).astype(float)


def forest(data: pd.DataFrame) -> RandomForestClassifier:
    return RandomForestClassifier(50, min_samples_leaf=12, max_features=0.5, random_state=0, n_jobs=1).fit(X(data), data["churned"])


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    (Path(model_dir) / "profile.json").write_text(json.dumps(profile(data), indent=1))
    joblib.dump(forest(data), Path(model_dir) / "forest.joblib", compress=3)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    about = profile(data)
    late = (data["snapshot_date"] >= "2023-09-01").to_numpy()
    truth, score = [], []
    for a, b in GroupKFold(3).split(data, groups=data["customer_id"]):
        old, new = data.iloc[a[~late[a]]], data.iloc[b[late[b]]]
        truth.append(new["churned"].to_numpy())
        score.append(forest(old).predict_proba(X(new))[:, 1])
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score))), "profiled_rows": float(about["rows"])}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "forest.joblib").predict_proba(X(data))[:, 1]
