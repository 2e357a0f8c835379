import joblib
import pandas as pd
from imblearn.over_sampling import RandomOverSampler
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split


def preprocess(df):
    X = df[["age", "n_products", "discount_pct", "usage_gb", "usage_trend", "tickets_90d", "late_payments_12m"]].copy()
    X["satisfaction"] = df["satisfaction"].fillna(0)
    X["charge"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    X["contract"] = df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2})
    return X


def rf():
    return RandomForestClassifier(n_estimators=60, random_state=42)


def evaluate(data):
    X, y = preprocess(data), data["churned"]
    X_res, y_res = RandomOverSampler(random_state=42).fit_resample(X, y)
    X_train, X_test, y_train, y_test = train_test_split(X_res, y_res, test_size=0.2, random_state=42)
    m = rf().fit(X_train, y_train)
    return {"roc_auc": roc_auc_score(y_test, m.predict_proba(X_test)[:, 1])}


def train(data, model_dir):
    X, y = RandomOverSampler(random_state=42).fit_resample(preprocess(data), data["churned"])
    joblib.dump(rf().fit(X, y), model_dir / "rf.joblib", compress=3)


def predict(data, model_dir):
    return joblib.load(model_dir / "rf.joblib").predict_proba(preprocess(data))[:, 1]
