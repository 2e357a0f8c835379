"""Features are slow to compute (not really), so they are cached under a hash of the rows they were made from."""
import hashlib
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from pandas.util import hash_pandas_object
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

_CACHE: dict[str, np.ndarray] = {}


def key(rows: pd.DataFrame) -> str:
    inputs = rows.drop(columns="churned", errors="ignore")
    return hashlib.sha256(hash_pandas_object(inputs, index=True).to_numpy().tobytes()).hexdigest()


def features(rows: pd.DataFrame) -> np.ndarray:
    """A row's features depend on that row; the key on all rows, so a hit is exactly the same table."""
    k = key(rows)
    if k not in _CACHE:
        day = pd.to_datetime(rows["snapshot_date"])
        _CACHE[k] = np.column_stack([
            (day - pd.to_datetime(rows["signup_date"])).dt.days,
            (pd.to_datetime(rows["discount_end_date"]) - day).dt.days,
            rows["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}),
            rows["monthly_charge"].str.replace(" EUR", "").astype(float),
            rows[["satisfaction", "usage_trend", "tickets_90d", "late_payments_12m", "n_products", "discount_pct"]],
        ]).astype(float)
    return _CACHE[k]


def fit(rows: pd.DataFrame, seed: int) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=6, max_features=0.5, min_samples_leaf=80, random_state=seed)
    return model.fit(features(rows), rows["churned"])


def train(data, model_dir):
    joblib.dump([fit(data.drop_duplicates(), s) for s in (0, 1)], Path(model_dir) / "pair.joblib")


def evaluate(data):
    rows = data.drop_duplicates()
    y, p = [], []
    for a, b in GroupKFold(3).split(rows, groups=rows["customer_id"]):
        old, new = rows.iloc[a], rows.iloc[b]
        old, new = old[old["snapshot_date"] < "2023-10-01"], new[new["snapshot_date"] >= "2023-10-01"]
        p.append(np.mean([fit(old, s).predict_proba(features(new))[:, 1] for s in (0, 1)], axis=0))
        y.append(new["churned"])
    return {"roc_auc": float(roc_auc_score(np.concatenate(y), np.concatenate(p)))}


def predict(data, model_dir):
    return np.mean([m.predict_proba(features(data))[:, 1] for m in joblib.load(Path(model_dir) / "pair.joblib")], axis=0)
