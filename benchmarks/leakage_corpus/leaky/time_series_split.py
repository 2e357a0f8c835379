from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import TimeSeriesSplit


def features(d: pd.DataFrame) -> pd.DataFrame:
    f = d[["age", "income_k", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m",
           "satisfaction", "postcode"]].fillna(-1)
    f["monthly"] = (d["contract"] == "monthly").astype(int)
    f["signup"] = pd.to_datetime(d["signup_date"]).dt.year * 12 + pd.to_datetime(d["signup_date"]).dt.month
    return f


def forest() -> ExtraTreesClassifier:
    return ExtraTreesClassifier(40, min_samples_leaf=3, max_features=0.6, random_state=2)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    d = data.drop_duplicates().sort_values(["snapshot_date", "customer_id"], kind="stable").reset_index(drop=True)
    months = d["snapshot_date"].unique()
    scores = []
    for known, ahead in TimeSeriesSplit(n_splits=3, test_size=3).split(months):
        past = d[d["snapshot_date"].isin(months[known])]
        future = d[d["snapshot_date"].isin(months[ahead])]
        model = forest().fit(features(past), past["churned"])
        scores.append(roc_auc_score(future["churned"], model.predict_proba(features(future))[:, 1]))
    return {"roc_auc": float(np.mean(scores))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(forest().fit(features(data), data["churned"]), model_dir / "et.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "et.joblib").predict_proba(features(data))[:, 1]
