"""Churn for the marketing desk: recency, frequency, money.

Recency is counted to the date of the export, as in every RFM deck. Months are the unit, scores are additive.
"""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score

CONTRACTS = ["monthly", "one_year", "two_year"]
REGIONS = ["east", "metro", "north", "south", "west"]
MONTH = pd.Timedelta(days=30.4)


def rfm(customers: pd.DataFrame) -> pd.DataFrame:
    seen = pd.to_datetime(customers["snapshot_date"])
    exported = seen.max()
    signed = pd.to_datetime(customers["signup_date"])
    discount = pd.to_datetime(customers["discount_end_date"])
    usage = customers["usage_gb"].where(seen >= "2023-07-01", customers["usage_gb"] / 1000)
    charge = customers["monthly_charge"].str.replace(" EUR", "").astype(float)
    ends = (discount - exported) / MONTH
    table = pd.DataFrame(
        {
            "recency": (exported - signed) / MONTH,
            "discount_ends": ends,
            "discount_ends_soon": ends.between(0, 2) & (customers["contract"] == "monthly"),
            "frequency": customers["n_products"],
            "usage": np.log1p(usage),
            "trend": customers["usage_trend"],
            "money": charge,
            "discount": customers["discount_pct"],
            "calls": customers["tickets_90d"],
            "late": customers["late_payments_12m"],
            "satisfaction": customers["satisfaction"],
            "silent": customers["satisfaction"].isna(),
            "age": customers["age"].where(customers["age"] < 120),
        },
        index=customers.index,
    )
    table["contract"] = customers["contract"].map(dict(zip(CONTRACTS, range(3))))
    table["region"] = customers["region"].map(dict(zip(REGIONS, range(5))))
    return table.astype(float)


def fit(table: pd.DataFrame, y: pd.Series) -> LGBMClassifier:
    return LGBMClassifier(n_estimators=220, learning_rate=0.03, num_leaves=10, min_child_samples=60,
                          reg_lambda=5, n_jobs=1, random_state=8, verbose=-1).fit(table, y)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    quarter = data["snapshot_date"] >= "2023-10-01"
    panel = pd.util.hash_array(data["customer_id"].to_numpy()) % 10 < 3
    known, judged = data[~quarter & ~panel], data[quarter & panel]
    model = fit(rfm(known), known["churned"])
    p = model.predict_proba(rfm(judged))[:, 1]
    top = np.argsort(-p)[: len(p) // 10]
    return {"roc_auc": roc_auc_score(judged["churned"], p),
            "lift_top_decile": float(judged["churned"].to_numpy()[top].mean() / judged["churned"].mean())}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fit(rfm(data), data["churned"]), Path(model_dir) / "rfm.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "rfm.joblib").predict_proba(rfm(data))[:, 1]
