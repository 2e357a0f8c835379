"""Walk forward: for each of the last six months, fit on all months before it and score new customers of that month."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

TEST_MONTHS = 6


def features(rows: pd.DataFrame) -> pd.DataFrame:
    now = pd.to_datetime(rows["snapshot_date"])
    left = (pd.to_datetime(rows["discount_end_date"]) - now).dt.days
    free = rows["contract"].eq("monthly").astype(float)
    return pd.DataFrame({
        "free": free, "two": rows["contract"].eq("two_year").astype(float),
        "jump": free * left.between(0, 60) * rows["discount_pct"] / 10, "held": free * (left > 60),
        "tenure": np.log((now - pd.to_datetime(rows["signup_date"])).dt.days + 30), "trend": rows["usage_trend"],
        "charge": rows["monthly_charge"].str.replace(" EUR", "").astype(float), "mood": rows["satisfaction"].fillna(7.0),
        "silent": rows["satisfaction"].isna().astype(float), "tickets": rows["tickets_90d"].clip(upper=6).astype(float),
        "late": rows["late_payments_12m"].clip(upper=5).astype(float), "n": rows["n_products"].astype(float),
    })


def model():
    return make_pipeline(StandardScaler(), SplineTransformer(n_knots=4, degree=2), LogisticRegression(C=0.1, max_iter=400))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = data.drop_duplicates()
    joblib.dump(model().fit(features(rows), rows["churned"]), Path(model_dir) / "spline.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates()
    months = sorted(rows["snapshot_date"].unique())
    half = np.random.default_rng(2).permutation(np.sort(rows["customer_id"].unique()))
    half = set(half[: len(half) // 2])
    inside = rows["customer_id"].isin(half)
    per_month, truth, score = {}, [], []
    for month in months[-TEST_MONTHS:]:
        y, p = [], []
        for side in (inside, ~inside):
            past, now = rows[~side & (rows["snapshot_date"] < month)], rows[side & (rows["snapshot_date"] == month)]
            p.append(model().fit(features(past), past["churned"]).predict_proba(features(now))[:, 1])
            y.append(now["churned"].to_numpy())
        truth += y
        score += p
        per_month[f"auc_{month[:7]}"] = float(roc_auc_score(np.concatenate(y), np.concatenate(p)))
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score))), **per_month}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "spline.joblib").predict_proba(features(data))[:, 1]
