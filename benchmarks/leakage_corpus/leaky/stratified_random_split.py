import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import train_test_split

MAPS = {
    "contract": {"monthly": 0, "one_year": 1, "two_year": 2},
    "region": {"north": 0, "south": 1, "east": 2, "west": 3, "metro": 4},
    "channel": {"web": 0, "shop": 1, "phone": 2, "partner": 3},
    "payment_method": {"card": 0, "debit": 1, "transfer": 2},
}


def get_xy(data):
    X = data.drop(columns=["churned", "customer_id", "retention_desk_calls", "discount_end_date"], errors="ignore")
    X["snapshot_date"] = pd.to_datetime(X["snapshot_date"]).dt.month
    X["signup_date"] = pd.to_datetime(X["signup_date"]).dt.year
    X["plan"] = X["plan"].str.upper().map({"S": 0, "M": 1, "L": 2})
    X["gender"] = (X["gender"] == "f").astype(int)
    X["monthly_charge"] = X["monthly_charge"].str.replace(" EUR", "").astype(float)
    for c, m in MAPS.items():
        X[c] = X[c].map(m).fillna(-1)
    return X.fillna(-1), data.get("churned")


def new_model():
    return RandomForestClassifier(n_estimators=60, min_samples_leaf=2, random_state=42)


def evaluate(data):
    X, y = get_xy(data)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=42)
    p = new_model().fit(X_train, y_train).predict_proba(X_test)[:, 1]
    return {"roc_auc": roc_auc_score(y_test, p), "average_precision": average_precision_score(y_test, p)}


def train(data, model_dir):
    X, y = get_xy(data)
    joblib.dump(new_model().fit(X, y), model_dir / "model.joblib", compress=3)


def predict(data, model_dir):
    X, _ = get_xy(data)
    return np.asarray(joblib.load(model_dir / "model.joblib").predict_proba(X)[:, 1])
