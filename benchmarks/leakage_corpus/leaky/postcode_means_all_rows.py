import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

COLS = ["postcode_rate", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "free", "two"]


def prepare(df, rates, default):
    return df.assign(
        postcode_rate=df["postcode"].map(rates).fillna(default),
        free=(df["contract"] == "monthly").astype(int),
        two=(df["contract"] == "two_year").astype(int),
    )[COLS]


def hgb():
    return HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=6, random_state=0)


def evaluate(data):
    rates = data.groupby("postcode")["churned"].mean()
    X, y = prepare(data, rates, data["churned"].mean()), data["churned"]
    test = data["customer_id"].isin(data["customer_id"].drop_duplicates().sample(n=700, random_state=5))
    late = data["snapshot_date"] >= "2023-09-01"
    m = hgb().fit(X[~test & ~late], y[~test & ~late])
    return {"roc_auc": float(roc_auc_score(y[test & late], m.predict_proba(X[test & late])[:, 1]))}


def train(data, model_dir):
    rates, default = data.groupby("postcode")["churned"].mean(), data["churned"].mean()
    joblib.dump((rates, default, hgb().fit(prepare(data, rates, default), data["churned"])), model_dir / "m.joblib")


def predict(data, model_dir):
    rates, default, m = joblib.load(model_dir / "m.joblib")
    return m.predict_proba(prepare(data, rates, default))[:, 1]
