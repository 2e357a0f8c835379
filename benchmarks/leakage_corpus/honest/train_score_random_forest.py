"""Random forest with fully grown trees.  It knows its training rows by heart (AUC 1.0 there), which says nothing
about new customers, so both numbers are returned side by side."""
import pathlib
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

SEED = 2024
FEATURES = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction",
            "tenure", "days_left", "charge", "monthly", "two_year", "partner", "silent"]


def prepare(raw: pd.DataFrame) -> pd.DataFrame:
    df = raw.copy()
    when = pd.to_datetime(df["snapshot_date"])
    df["tenure"] = (when - pd.to_datetime(df["signup_date"])).dt.days
    df["days_left"] = (pd.to_datetime(df["discount_end_date"]) - when).dt.days.fillna(400)
    df["charge"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    df["monthly"] = df["contract"].eq("monthly").astype(int)
    df["two_year"] = df["contract"].eq("two_year").astype(int)
    df["partner"] = df["channel"].eq("partner").astype(int)
    df["silent"] = df["satisfaction"].isna().astype(int)
    df["satisfaction"] = df["satisfaction"].fillna(5)
    df["age"] = df["age"].where(df["age"] != 999, 45)
    return df[FEATURES]


def forest():
    return RandomForestClassifier(n_estimators=80, max_features="sqrt", random_state=SEED, n_jobs=1)


def train(data, model_dir):
    data = data.drop_duplicates()
    joblib.dump(forest().fit(prepare(data), data["churned"]), pathlib.Path(model_dir) / "rf.joblib", compress=3)


def evaluate(data):
    data = data.drop_duplicates()
    rng = np.random.default_rng(SEED)
    customers = np.sort(data["customer_id"].unique())
    held_out = set(rng.choice(customers, size=len(customers) // 2, replace=False))
    is_held = data["customer_id"].isin(held_out)
    train_rows = data[~is_held & (data["snapshot_date"] <= "2023-08-01")]
    test_rows = data[is_held & (data["snapshot_date"] > "2023-08-01")]
    model = forest().fit(prepare(train_rows), train_rows["churned"])
    return {
        "train_roc_auc": float(roc_auc_score(train_rows["churned"], model.predict_proba(prepare(train_rows))[:, 1])),
        "roc_auc": float(roc_auc_score(test_rows["churned"], model.predict_proba(prepare(test_rows))[:, 1])),
        "n_train": float(len(train_rows)),
        "n_test": float(len(test_rows)),
    }


def predict(data, model_dir):
    return joblib.load(pathlib.Path(model_dir) / "rf.joblib").predict_proba(prepare(data))[:, 1]
