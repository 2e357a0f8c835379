"""Churn model (XGBoost).  Cleaning is slow on the full export, so clean rows are kept in a parquet-like cache file.

Only row-wise work is cached.  Whatever is learnt from more than one row (medians, clipping limits, categories) sits in the
scikit-learn pipeline and is fitted with the model.
"""

import hashlib
import os
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

CACHE_DIR = Path(tempfile.gettempdir()) / "churn_features"
NUMERIC = ["age", "income_k", "charge", "usage", "usage_trend", "tenure_months", "charge_per_product", "tickets_90d", "late_payments_12m",
           "n_products", "discount_pct", "satisfaction", "days_to_discount_end", "ends_within_60"]  # fmt: skip
CATEGORIES = ["region", "contract", "plan", "channel", "payment_method"]
SEED = 7


def _key(df: pd.DataFrame) -> str:
    return hashlib.sha1(pd.util.hash_pandas_object(df, index=True).to_numpy().tobytes()).hexdigest()[:16]


def cached(func):
    """Keep the result for exactly these rows in a file."""

    def wrapper(df):
        path = CACHE_DIR / f"{func.__name__}_{_key(df)}.pkl"
        try:
            if path.exists():
                return pickle.loads(path.read_bytes())
            result = func(df)
            os.makedirs(CACHE_DIR, exist_ok=True)
            path.write_bytes(pickle.dumps(result))
            return result
        except OSError:
            return func(df)

    return wrapper


@cached
def clean(df):
    df = df.drop(columns=["retention_desk_calls"])  # counted at the export, so after the customer left
    snap = pd.to_datetime(df["snapshot_date"])
    end = pd.to_datetime(df["discount_end_date"])
    df["age"] = df["age"].replace(999, np.nan)
    df["plan"] = df["plan"].str.upper()
    df["charge"] = df["monthly_charge"].str.split().str[0].astype(float)
    df["usage"] = df["usage_gb"].where(snap >= "2023-07-01", df["usage_gb"] / 1000)
    df["tenure_months"] = (snap - pd.to_datetime(df["signup_date"])).dt.days / 30.4
    df["charge_per_product"] = df["charge"] / df["n_products"]
    df["days_to_discount_end"] = (end - snap).dt.days
    df["ends_within_60"] = df["days_to_discount_end"].between(0, 60).astype(int)
    return df


class QuantileClipper(BaseEstimator, TransformerMixin):
    """Winsorise each column at its 1st and 99th percentile of the training rows."""

    def __init__(self, low=0.01, high=0.99):
        self.low, self.high = low, high

    def fit(self, X, y=None):
        self.limits_ = np.nanquantile(np.asarray(X, float), [self.low, self.high], axis=0)
        return self

    def transform(self, X):
        return np.clip(np.asarray(X, float), self.limits_[0], self.limits_[1])


def build():
    prep = ColumnTransformer(
        [
            ("num", make_pipeline(QuantileClipper(), SimpleImputer(strategy="median", add_indicator=True)), NUMERIC),
            ("cat", OneHotEncoder(handle_unknown="ignore", min_frequency=20), CATEGORIES),
        ]
    )
    model = xgb.XGBClassifier(n_estimators=180, max_depth=4, learning_rate=0.06, subsample=0.8, colsample_bytree=0.7, min_child_weight=8,
                              random_state=SEED, n_jobs=1)  # fmt: skip
    return Pipeline([("prep", prep), ("model", model)])


def holdout_split(df):
    """A fifth of the customers, and of those only the last four months; the others until the end of summer train."""
    rng = np.random.RandomState(SEED)
    ids = np.unique(df["customer_id"])
    held = set(rng.choice(ids, size=len(ids) // 3, replace=False))
    is_held = df["customer_id"].isin(held)
    cut = pd.Timestamp("2023-08-15")
    when = pd.to_datetime(df["snapshot_date"])
    return df[~is_held & (when < cut)], df[is_held & (when >= cut)]


def evaluate(data):
    df = clean(data.drop_duplicates())
    past, future = holdout_split(df)
    pipe = build().fit(past[NUMERIC + CATEGORIES], past["churned"])
    proba = pipe.predict_proba(future[NUMERIC + CATEGORIES])[:, 1]
    return {"roc_auc": roc_auc_score(future["churned"], proba), "log_loss": log_loss(future["churned"], proba), "n_holdout": float(len(future))}


def train(data, model_dir):
    df = clean(data.drop_duplicates())
    pipe = build().fit(df[NUMERIC + CATEGORIES], df["churned"])
    with open(Path(model_dir) / "model.pkl", "wb") as f:
        pickle.dump(pipe, f)


def predict(data, model_dir):
    with open(Path(model_dir) / "model.pkl", "rb") as f:
        pipe = pickle.load(f)
    return pipe.predict_proba(clean(data)[NUMERIC + CATEGORIES])[:, 1]
