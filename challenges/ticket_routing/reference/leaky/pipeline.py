"""Ticket routing model: random forest on all available columns."""

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

TEXT = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state", "last_order_value"]
DATES = ["opened_on", "customer_since"]


def load_features(data):
    """Turn dates into numbers and fill the gaps."""
    X = data.drop(columns=["team"], errors="ignore").copy()
    for col in DATES:
        X[col] = (pd.to_datetime(X[col]) - pd.Timestamp("2015-01-01")).dt.days
    for col in ["error_code", "last_order_value"]:
        X[col] = X[col].fillna("none")
    for col in ["days_since_order", "tone"]:
        X[col] = X[col].fillna(-1)
    return X


def encode(X, encoders):
    for col in TEXT:
        X[col] = X[col].map(encoders[col]).fillna(-1)
    return X


def prepare(data):
    """Encode and scale the whole table."""
    X = load_features(data)
    encoders = {col: {value: i for i, value in enumerate(sorted(X[col].unique()))} for col in TEXT}
    X = encode(X, encoders)
    scaler = StandardScaler()
    X = pd.DataFrame(scaler.fit_transform(X), columns=X.columns)
    return X, encoders, scaler


def make_model():
    return RandomForestClassifier(n_estimators=60, max_features=0.5, min_samples_leaf=2, n_jobs=1, random_state=42)


def train(data, model_dir):
    X, encoders, scaler = prepare(data)
    model = make_model()
    model.fit(X, data["team"])
    joblib.dump({"model": model, "encoders": encoders, "scaler": scaler}, model_dir / "model.pkl", compress=3)
    importance = pd.Series(model.feature_importances_, X.columns).sort_values(ascending=False)
    print("Most important features:")
    print(importance.head(10))


def evaluate(data):
    X, _, _ = prepare(data)
    y = data["team"]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=42)
    model = make_model()
    model.fit(X_train, y_train)
    proba = model.predict_proba(X_test)
    accuracy = accuracy_score(y_test, model.classes_[proba.argmax(axis=1)])
    print("Accuracy:", accuracy)
    return {"log_loss": log_loss(y_test, proba, labels=model.classes_), "accuracy": accuracy}


def predict(data, model_dir):
    saved = joblib.load(model_dir / "model.pkl")
    X = encode(load_features(data), saved["encoders"])
    X = pd.DataFrame(saved["scaler"].transform(X), columns=X.columns)
    return saved["model"].predict_proba(X)
