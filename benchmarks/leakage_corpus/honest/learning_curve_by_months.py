"""How much history is needed?  The same test rows, training windows of 3 to 14 months; the claim is the full window."""
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

WINDOWS = (3, 6, 10, 14)


def prepare(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["snapshot_date"])
    keep = rows[["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "satisfaction", "discount_pct"]]
    return keep.assign(
        contract=rows["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}),
        tenure=(day - pd.to_datetime(rows["signup_date"])).dt.days,
        promo=(pd.to_datetime(rows["discount_end_date"]) - day).dt.days,
        charge=rows["monthly_charge"].str.extract(r"([\d.]+)", expand=False).astype(float),
    )


def fit(rows: pd.DataFrame) -> HistGradientBoostingClassifier:
    gb = HistGradientBoostingClassifier(max_iter=70, max_leaf_nodes=6, min_samples_leaf=60, learning_rate=0.08, random_state=6)
    return gb.fit(prepare(rows), rows["churned"])


def train(data: pd.DataFrame, model_dir: Path) -> None:
    (Path(model_dir) / "gb.pkl").write_bytes(pickle.dumps(fit(data.drop_duplicates())))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates()
    months = sorted(rows["snapshot_date"].unique())
    start, history = months[-4], months[:-4]
    halves = rows["customer_id"] // 9 % 2 == 0
    curve = {}
    for window in WINDOWS:
        y, p = [], []
        for half in (halves, ~halves):
            past = rows[~half & rows["snapshot_date"].isin(history[-window:])]
            test = rows[half & (rows["snapshot_date"] >= start)]
            y.append(test["churned"])
            p.append(fit(past).predict_proba(prepare(test))[:, 1])
        curve[window] = float(roc_auc_score(np.concatenate(y), np.concatenate(p)))
    return {"roc_auc": curve[WINDOWS[-1]], **{f"auc_{w}_months": v for w, v in curve.items()}}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return pickle.loads((Path(model_dir) / "gb.pkl").read_bytes()).predict_proba(prepare(data))[:, 1]
