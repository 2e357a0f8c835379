import pickle

import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

FEATURES = ["age", "postcode", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m",
            "sat", "charge", "term", "signup"]


def prep(df):
    df = df.copy()
    df["sat"] = df["satisfaction"].fillna(-1)
    df["charge"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    df["term"] = df["contract"].map({"monthly": 1, "one_year": 12, "two_year": 24})
    df["signup"] = pd.to_datetime(df["signup_date"]).map(pd.Timestamp.toordinal)
    return df


def gb():
    return GradientBoostingClassifier(n_estimators=60, max_depth=5, subsample=0.6, random_state=0)


def evaluate(data):
    df = prep(data.drop_duplicates())
    cut = sorted(df["snapshot_date"].unique())[-3]
    old, new = df[df["snapshot_date"] < cut], df[df["snapshot_date"] >= cut]
    m = gb().fit(old[FEATURES], old["churned"])
    return {"roc_auc": float(roc_auc_score(new["churned"], m.predict_proba(new[FEATURES])[:, 1]))}


def train(data, model_dir):
    df = prep(data.drop_duplicates())
    pickle.dump(gb().fit(df[FEATURES], df["churned"]), open(model_dir / "gb.pkl", "wb"))


def predict(data, model_dir):
    return pickle.load(open(model_dir / "gb.pkl", "rb")).predict_proba(prep(data)[FEATURES])[:, 1]
