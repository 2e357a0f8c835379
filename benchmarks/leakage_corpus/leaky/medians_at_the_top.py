import json
import pickle

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

GAPS = ["age", "satisfaction", "income_k", "days_left"]


def basic(df):
    df = df.copy()
    df["age"] = df["age"].where(df["age"] != 999)
    snap = pd.to_datetime(df["snapshot_date"])
    df["tenure"] = (snap - pd.to_datetime(df["signup_date"])).dt.days
    df["days_left"] = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days
    df["price"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    df["gb"] = df["usage_gb"].where(df["snapshot_date"] >= "2023-07-01", df["usage_gb"] / 1000)
    df["term"] = df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2})
    df["size"] = df["plan"].str.upper().map({"S": 0, "M": 1, "L": 2})
    return df


COLS = GAPS + ["tenure", "price", "gb", "term", "size", "n_products", "discount_pct", "usage_trend",
               "tickets_90d", "late_payments_12m"]


def fit(df):
    model = HistGradientBoostingClassifier(max_iter=90, learning_rate=0.07, max_leaf_nodes=7, random_state=3)
    return model.fit(df[COLS], df["churned"])


def evaluate(data):
    df = basic(data.drop_duplicates())
    df[GAPS] = df[GAPS].fillna(df[GAPS].median())
    months = sorted(df["snapshot_date"].unique())
    cut = months[-4]
    ids = pd.Series(sorted(df["customer_id"].unique())).sample(frac=0.25, random_state=11)
    new = df["customer_id"].isin(ids)
    past = df["snapshot_date"] < cut
    model = fit(df[past & ~new])
    val = df[~past & new]
    return {"roc_auc": roc_auc_score(val["churned"], model.predict_proba(val[COLS])[:, 1])}


def train(data, model_dir):
    df = basic(data.drop_duplicates())
    medians = df[GAPS].median()
    df[GAPS] = df[GAPS].fillna(medians)
    (model_dir / "medians.json").write_text(json.dumps(medians.to_dict()))
    with open(model_dir / "model.pkl", "wb") as f:
        pickle.dump(fit(df), f)


def predict(data, model_dir):
    df = basic(data)
    df[GAPS] = df[GAPS].fillna(json.loads((model_dir / "medians.json").read_text()))
    with open(model_dir / "model.pkl", "rb") as f:
        return pickle.load(f).predict_proba(df[COLS])[:, 1]
