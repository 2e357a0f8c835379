from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

TEXT = ["contract", "region", "channel", "payment_method"]
NUMS = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def build():
    prep = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), TEXT), (SimpleImputer(strategy="median"), NUMS)
    )
    return make_pipeline(prep, RandomForestClassifier(60, max_depth=12, random_state=0))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(build().fit(data[TEXT + NUMS], data["churned"]), model_dir / "rf.joblib", compress=3)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    model = build().fit(data[TEXT + NUMS], data["churned"])
    return {"roc_auc": float(roc_auc_score(data["churned"], model.predict_proba(data[TEXT + NUMS])[:, 1]))}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "rf.joblib").predict_proba(data[TEXT + NUMS])[:, 1]
