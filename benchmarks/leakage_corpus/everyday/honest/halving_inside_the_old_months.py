"""Successive halving over a logistic regression and its preprocessing, grouped by customer, before a final test.

Usage:  python pipeline.py data/public.csv model/
"""
import argparse
import logging
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import SelectPercentile, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, HalvingGridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, QuantileTransformer

log = logging.getLogger("churn")
GRID = {
    "logisticregression__C": [0.03, 0.1, 0.3, 1.0],
    "selectpercentile__percentile": [50, 100],
}
TEST_FROM = pd.Timestamp("2023-09-01")


class Tidy(BaseEstimator, TransformerMixin):
    """Row by row: units, dates, money, labels as typed."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        day = pd.to_datetime(X["snapshot_date"])
        out = pd.DataFrame(index=X.index)
        out["tenure"] = (day - pd.to_datetime(X["signup_date"])).dt.days
        out["usage"] = X["usage_gb"].where(day >= pd.Timestamp("2023-07-01"), X["usage_gb"] / 1000)
        out["charge"] = X["monthly_charge"].str.replace("EUR", "").str.strip().astype(float)
        out["promo_ends"] = (pd.to_datetime(X["discount_end_date"]) - day).dt.days
        out["age"] = X["age"].replace(999, np.nan)
        for c in ["income_k", "satisfaction", "usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]:
            out[c] = X[c].astype(float)
        for c in ["contract", "region", "channel", "payment_method"]:
            out[c] = X[c].astype(object)
        out["plan"] = X["plan"].str.strip().str.upper().str[0].astype(object)
        out["monthly_and_unhappy"] = ((X["contract"] == "monthly") & (X["satisfaction"] < 5)).astype(float)
        return out


def build() -> object:
    numeric = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        QuantileTransformer(n_quantiles=50, output_distribution="normal", random_state=0),
    )
    columns = make_column_transformer(
        (numeric, make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=30, sparse_output=False), make_column_selector(dtype_include=object)),
    )
    return make_pipeline(Tidy(), columns, FunctionTransformer(np.nan_to_num), SelectPercentile(f_classif), LogisticRegression(max_iter=400))


def search(rows: pd.DataFrame) -> HalvingGridSearchCV:
    halving = HalvingGridSearchCV(build(), GRID, scoring="roc_auc", cv=GroupKFold(3), factor=3, random_state=0, min_resources=1500)
    halving.fit(rows.drop(columns="churned"), rows["churned"], groups=rows["customer_id"])
    log.info("best of halving: %s (inner AUC %.4f)", halving.best_params_, halving.best_score_)
    return halving


def split(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Development and test: no customer in both, and the test months come last."""
    shuffle = GroupShuffleSplit(n_splits=1, test_size=0.35, random_state=11)
    dev_index, test_index = next(shuffle.split(rows, groups=rows["customer_id"]))
    day = pd.to_datetime(rows["snapshot_date"])
    dev, test = rows.iloc[dev_index], rows.iloc[test_index]
    return dev[day.iloc[dev_index] < TEST_FROM], test[day.iloc[test_index] >= TEST_FROM]


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop(columns="retention_desk_calls").drop_duplicates().reset_index(drop=True)
    dev, test = split(rows)
    log.info("development %d rows, test %d rows, churn %.3f / %.3f", len(dev), len(test), dev["churned"].mean(), test["churned"].mean())
    halving = search(dev)
    p = halving.predict_proba(test.drop(columns="churned"))[:, 1]
    return {"roc_auc": float(roc_auc_score(test["churned"], p)), "inner_auc": float(halving.best_score_)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = data.drop(columns="retention_desk_calls").drop_duplicates().reset_index(drop=True)
    best = search(rows).best_estimator_
    with open(Path(model_dir) / "pipe.pkl", "wb") as file:
        pickle.dump(best, file)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    with open(Path(model_dir) / "pipe.pkl", "rb") as file:
        return pickle.load(file).predict_proba(data)[:, 1]


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("csv", type=Path)
    parser.add_argument("model_dir", type=Path)
    args = parser.parse_args()
    table = pd.read_csv(args.csv)
    print(evaluate(table))
    args.model_dir.mkdir(exist_ok=True)
    train(table, args.model_dir)
