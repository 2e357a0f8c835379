from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMERIC = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction",
           "retention_desk_calls"]
TEXT = ["contract", "region", "channel", "payment_method"]


def build() -> Pipeline:
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    columns = ColumnTransformer([("num", numbers, NUMERIC), ("cat", OneHotEncoder(handle_unknown="ignore"), TEXT)])
    return Pipeline([("columns", columns), ("model", LogisticRegression(max_iter=400))])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    cutoff = "2023-10-01"
    mine = data["customer_id"].mod(4).eq(3)
    train_rows = data[~mine & (data["snapshot_date"] < cutoff)]
    test_rows = data[mine & (data["snapshot_date"] >= cutoff)]
    fitted = build().fit(train_rows[NUMERIC + TEXT], train_rows["churned"])
    return {"roc_auc": float(roc_auc_score(test_rows["churned"], fitted.predict_proba(test_rows)[:, 1]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(build().fit(data[NUMERIC + TEXT], data["churned"]), model_dir / "pipe.joblib")


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "pipe.joblib").predict_proba(data[NUMERIC + TEXT])[:, 1]
