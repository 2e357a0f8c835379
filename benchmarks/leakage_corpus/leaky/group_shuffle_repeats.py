import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

PARAMS = dict(objective="binary", num_leaves=7, learning_rate=0.07, min_data_in_leaf=50, seed=1, num_threads=1,
              verbose=-1, deterministic=True)


def to_frame(data):
    snap = pd.to_datetime(data["snapshot_date"])
    f = data[["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m",
              "satisfaction"]].copy()
    f["age"] = f["age"].mask(f["age"] == 999)
    f["tenure"] = (snap - pd.to_datetime(data["signup_date"])).dt.days
    f["promo"] = (pd.to_datetime(data["discount_end_date"]) - snap).dt.days
    for level in ["monthly", "one_year", "two_year"]:
        f[level] = (data["contract"] == level).astype(int)
    return f


def evaluate(data):
    X, y = to_frame(data), data["churned"].to_numpy()
    scores = []
    splitter = GroupShuffleSplit(n_splits=5, test_size=0.25, random_state=13)
    for tr, te in splitter.split(X, y, groups=data["customer_id"]):
        b = lgb.train(PARAMS, lgb.Dataset(X.iloc[tr], y[tr]), num_boost_round=60)
        scores.append(roc_auc_score(y[te], b.predict(X.iloc[te])))
    return {"roc_auc": float(np.mean(scores)), "roc_auc_min": float(np.min(scores))}


def train(data, model_dir):
    b = lgb.train(PARAMS, lgb.Dataset(to_frame(data), data["churned"]), num_boost_round=60)
    joblib.dump(b, model_dir / "b.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "b.joblib").predict(to_frame(data))
