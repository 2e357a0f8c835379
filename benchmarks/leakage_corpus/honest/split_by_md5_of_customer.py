"""Every customer belongs to a fixed part by the md5 of the number: the split stays the same when rows are added."""
import hashlib
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

CATEGORICAL = ["region", "contract", "plan", "channel", "payment_method"]
NUMERIC = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "tenure", "promo_left", "bill"]
HOLDOUT_SHARE = 0.4
FIRST_TEST_MONTH = "2023-09-01"


def bucket(customer: int) -> float:
    return int(hashlib.md5(str(customer).encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


def features(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["snapshot_date"])
    return rows.assign(
        plan=rows["plan"].str.upper(),
        tenure=(day - pd.to_datetime(rows["signup_date"])).dt.days,
        promo_left=(pd.to_datetime(rows["discount_end_date"]) - day).dt.days,
        bill=rows["monthly_charge"].str.replace(" EUR", "").astype(float),
    )[CATEGORICAL + NUMERIC]


def estimator() -> Pipeline:
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return Pipeline([
        ("codes", ColumnTransformer([("cat", codes, CATEGORICAL)], remainder="passthrough")),
        ("trees", HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=6, min_samples_leaf=80, learning_rate=0.07, random_state=0)),
    ])


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = data.drop_duplicates()
    joblib.dump(estimator().fit(features(rows), rows["churned"]), Path(model_dir) / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates()
    held_out = rows["customer_id"].map(bucket) < HOLDOUT_SHARE
    future = rows["snapshot_date"] >= FIRST_TEST_MONTH
    known, judged = rows[~held_out & ~future], rows[held_out & future]
    model = estimator().fit(features(known), known["churned"])
    return {"roc_auc": float(roc_auc_score(judged["churned"], model.predict_proba(features(judged))[:, 1])), "judged_rows": float(len(judged))}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(features(data))[:, 1]
