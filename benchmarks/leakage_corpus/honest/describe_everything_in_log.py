"""Logs a description of the whole table before anything else.  None of it is used afterwards."""
import io
import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("churn.eda")
CAT = ["contract", "region", "channel", "payment_method"]
NUM = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction", "tenure", "charge"]


def look(data: pd.DataFrame) -> None:
    buffer = io.StringIO()
    data.info(buf=buffer)
    log.info("%s", buffer.getvalue())
    log.info("\n%s", data.describe().T.round(2).to_string())
    for c in CAT:
        log.info("%s: %s", c, data[c].value_counts(normalize=True).round(3).to_dict())
    log.info("missing: %s", data.isna().mean().loc[lambda s: s > 0].round(3).to_dict())
    if "churned" in data:
        log.info("churn by contract: %s", data.groupby("contract")["churned"].mean().round(3).to_dict())
        log.info("correlations: %s", data.select_dtypes("number").corr()["churned"].round(2).to_dict())


def prepare(data):
    day = pd.to_datetime(data["snapshot_date"])
    return data[CAT + NUM[:6]].assign(
        tenure=np.log1p((day - pd.to_datetime(data["signup_date"])).dt.days),
        charge=data["monthly_charge"].str.replace(" EUR", "").astype(float),
    )


def model():
    numbers = make_pipeline(SimpleImputer(strategy="mean", add_indicator=True), StandardScaler())
    return make_pipeline(make_column_transformer((OneHotEncoder(handle_unknown="ignore"), CAT), (numbers, NUM)), LogisticRegression(max_iter=300))


def train(data, model_dir):
    look(data)
    data = data.drop_duplicates()
    joblib.dump(model().fit(prepare(data), data["churned"]), Path(model_dir) / "lr.joblib")


def evaluate(data):
    look(data)
    data = data.drop_duplicates()
    test_customers = np.random.default_rng(4).choice(np.sort(data["customer_id"].unique()), 1300, replace=False)
    new, late = data["customer_id"].isin(test_customers), data["snapshot_date"] > "2023-08-15"
    fitted = model().fit(prepare(data[~new & ~late]), data.loc[~new & ~late, "churned"])
    return {"roc_auc": float(roc_auc_score(data.loc[new & late, "churned"], fitted.predict_proba(prepare(data[new & late]))[:, 1]))}


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "lr.joblib").predict_proba(prepare(data))[:, 1]
