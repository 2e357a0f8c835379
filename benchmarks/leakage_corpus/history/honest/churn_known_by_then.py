"""Churn per region and contract as it was known on the snapshot day, joined with merge_asof."""

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

OUTCOME_KNOWN_AFTER = pd.Timedelta(days=60)
BY = ["region", "contract"]
NUMERIC = [
    "n_products",
    "discount_pct",
    "usage_trend",
    "tickets_90d",
    "late_payments_12m",
    "satisfaction",
    "known_rate",
    "known_count",
]


def rates_by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Running churn rate of each region and contract, dated by the day on which the outcomes were known."""
    log = rows.assign(known_on=pd.to_datetime(rows["snapshot_date"]) + OUTCOME_KNOWN_AFTER)
    per_day = log.groupby([*BY, "known_on"])["churned"].agg(["sum", "count"]).reset_index().sort_values("known_on")
    running = per_day.groupby(BY)[["sum", "count"]].cumsum()
    per_day["known_rate"] = (running["sum"] + 1) / (running["count"] + 12)
    per_day["known_count"] = np.log1p(running["count"])
    return per_day[[*BY, "known_on", "known_rate", "known_count"]]


def attach(rows: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    left = rows.assign(row=np.arange(len(rows)), day=pd.to_datetime(rows["snapshot_date"])).sort_values("day")
    joined = pd.merge_asof(
        left, rates, left_on="day", right_on="known_on", by=BY, direction="backward", allow_exact_matches=False
    )
    return joined.sort_values("row")[NUMERIC]


def estimator():
    return make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(C=0.5, max_iter=500))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    customers = np.sort(data["customer_id"].unique())
    away = set(np.random.default_rng(3).permutation(customers)[: len(customers) // 3])
    held = data["customer_id"].isin(away)
    late = data["snapshot_date"] >= "2023-09-01"
    fit_rows, judged = data[~held & (data["snapshot_date"] < "2023-07-01")], data[held & late]
    rates = rates_by_day(fit_rows)
    model = estimator().fit(attach(fit_rows, rates), fit_rows["churned"])
    return {"roc_auc": float(roc_auc_score(judged["churned"], model.predict_proba(attach(judged, rates))[:, 1]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    rates = rates_by_day(data)
    model = estimator().fit(attach(data, rates), data["churned"])
    (Path(model_dir) / "churn.pkl").write_bytes(pickle.dumps({"model": model, "rates": rates}))


def predict(data: pd.DataFrame, model_dir: Path):
    saved = pickle.loads((Path(model_dir) / "churn.pkl").read_bytes())
    return saved["model"].predict_proba(attach(data, saved["rates"]))[:, 1]
