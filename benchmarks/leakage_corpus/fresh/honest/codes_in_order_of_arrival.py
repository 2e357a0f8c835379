import pickle

import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import LabelEncoder

NUM = ["n_products", "usage_trend", "tickets_90d", "late_payments_12m", "discount_pct"]


def prepare(df, encoders):
    out = df[NUM].copy()
    for c, values in encoders.items():
        out[c] = df[c].str.lower().map({v: i for i, v in enumerate(values)}).fillna(-1).astype(int)
    return out


def encoders_for(df):
    return {c: pd.factorize(df[c].str.lower())[1].tolist() for c in ["contract", "plan", "region", "channel", "payment_method"]}


def model():
    return LGBMClassifier(n_estimators=50, num_leaves=10, learning_rate=0.08, random_state=1, n_jobs=1, verbose=-1)


def evaluate(data):
    target = LabelEncoder().fit(data["churned"])
    data = data.assign(y=target.transform(data["churned"]))
    X = prepare(data, encoders_for(data))
    is_new = data.customer_id % 3 == 0
    is_late = data.snapshot_date >= "2023-08-01"
    m = model().fit(X[~is_new & ~is_late], data.y[~is_new & ~is_late])
    return {"roc_auc": roc_auc_score(data.y[is_new & is_late], m.predict_proba(X[is_new & is_late])[:, 1])}


def train(data, model_dir):
    enc = encoders_for(data)
    with open(model_dir / "all.pkl", "wb") as f:
        pickle.dump((enc, model().fit(prepare(data, enc), data["churned"])), f)


def predict(data, model_dir):
    with open(model_dir / "all.pkl", "rb") as f:
        enc, m = pickle.load(f)
    return m.predict_proba(prepare(data, enc))[:, 1]
