"""
Repair cost prediction
======================

1. Load and clean data
2. Feature engineering
3. Model comparison on a validation set
4. Final evaluation on an untouched test set
"""

# Step 0: imports
import logging
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import root_mean_squared_error
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)

NUMERIC_FEATURES = ["labour_rate", "age_years", "mileage_km", "first_guess", "guess_missing", "km_per_year"]
CATEGORICAL_FEATURES = ["kind", "region", "make", "fault", "towed"]
TARGET = "cost"


class FeatureEngineer(BaseEstimator, TransformerMixin):
    """Custom transformer for row-wise feature engineering."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        X = X.copy()
        X["fault"] = X["fault"].str.lower().str.strip()
        X["guess_missing"] = X["first_guess"].isna().astype(int)
        X["km_per_year"] = X["mileage_km"] / (X["age_years"] + 0.5)
        return X


class TailClipper(BaseEstimator, TransformerMixin):
    """Clip numeric columns at quantiles learned during fit."""

    def __init__(self, low=0.01, high=0.99):
        self.low = low
        self.high = high

    def fit(self, X, y=None):
        self.low_ = np.nanquantile(X, self.low, axis=0)
        self.high_ = np.nanquantile(X, self.high, axis=0)
        return self

    def transform(self, X):
        return np.clip(X, self.low_, self.high_)


def build_pipeline(model):
    """Build the full preprocessing + model pipeline."""
    numeric = Pipeline([("impute", SimpleImputer()), ("clip", TailClipper()), ("scale", StandardScaler())])
    preprocess = ColumnTransformer(
        [
            ("num", numeric, NUMERIC_FEATURES),
            ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORICAL_FEATURES),
        ]
    )
    return Pipeline([("features", FeatureEngineer()), ("preprocess", preprocess), ("model", model)])


CANDIDATES = {
    "ridge_log": lambda: TransformedTargetRegressor(Ridge(5.0), func=np.log1p, inverse_func=np.expm1),
    "forest": lambda: RandomForestRegressor(80, min_samples_leaf=15, random_state=42, n_jobs=1),
    "gbr": lambda: GradientBoostingRegressor(n_estimators=80, max_depth=3, subsample=0.7, random_state=42),
    "hist_gamma": lambda: HistGradientBoostingRegressor(loss="gamma", max_iter=60, learning_rate=0.06, random_state=42),
}


def split_three_ways(df):
    """Chronological blocks with disjoint garages: train / validation / test."""
    dates = pd.to_datetime(df["opened_on"])
    t1, t2 = dates.quantile(0.5), dates.quantile(0.75)
    bucket = df["garage_id"].str[1:].astype(int) % 5
    train_df = df[(dates <= t1) & bucket.isin([0, 1, 2])]
    val_df = df[(dates > t1) & (dates <= t2) & (bucket == 3)]
    test_df = df[(dates > t2) & (bucket == 4)]
    return train_df, val_df, test_df


def select_model(train_df, val_df):
    """Fit every candidate and return the name of the best one on validation data."""
    results = {}
    for name, factory in CANDIDATES.items():
        pipe = build_pipeline(factory()).fit(train_df, train_df[TARGET])
        results[name] = root_mean_squared_error(val_df[TARGET], pipe.predict(val_df))
        logger.info("%s: validation RMSE %.1f", name, results[name])
    return min(results, key=results.get)


def evaluate(data):
    train_df, val_df, test_df = split_three_ways(data)
    best = select_model(train_df, val_df)
    refit_df = pd.concat([train_df, val_df])
    final = build_pipeline(CANDIDATES[best]()).fit(refit_df, refit_df[TARGET])
    rmse = root_mean_squared_error(test_df[TARGET], final.predict(test_df))
    logger.info("Final test RMSE: %.1f (%s)", rmse, best)
    return {"rmse": float(rmse)}


def train(data, model_dir):
    train_df, val_df, test_df = split_three_ways(data)
    best = select_model(pd.concat([train_df, val_df]), test_df)
    joblib.dump(build_pipeline(CANDIDATES[best]()).fit(data, data[TARGET]), Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "model.joblib").predict(data)
