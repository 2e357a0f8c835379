"""Identical rows are dropped before anything else."""
import joblib
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

COLS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]


def x(df):
    return df[COLS].assign(monthly=df["contract"].eq("monthly") * 3.0)


def knn():
    return make_pipeline(QuantileTransformer(n_quantiles=100, random_state=0), KNeighborsClassifier(75))


def evaluate(data):
    data = data[~data.duplicated()].reset_index(drop=True)
    counts = data["customer_id"].value_counts()
    order = counts.sort_index().sample(frac=1, random_state=31).index
    held = data["customer_id"].isin(order[: len(order) // 3])
    cutoff = data["snapshot_date"].sort_values().iloc[int(0.6 * len(data))]
    fit, judged = data[~held & (data["snapshot_date"] < cutoff)], data[held & (data["snapshot_date"] >= cutoff)]
    m = knn().fit(x(fit), fit["churned"])
    return {"roc_auc": roc_auc_score(judged["churned"], m.predict_proba(x(judged))[:, 1])}


def train(data, model_dir):
    data = data.drop_duplicates()
    joblib.dump(knn().fit(x(data), data["churned"]), model_dir / "knn")


def predict(data, model_dir):
    return joblib.load(model_dir / "knn").predict_proba(x(data))[:, 1]
