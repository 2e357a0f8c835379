"""Customer churn model: random forest on all available columns."""

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

TEXT = ["gender", "region", "contract", "plan", "channel", "payment_method", "monthly_charge"]
DATES = ["snapshot_date", "signup_date", "discount_end_date"]


def load_features(data):
    """Turn dates into numbers and fill the gaps."""
    X = data.drop(columns=["churned"], errors="ignore").copy()
    for col in DATES:
        X[col] = (pd.to_datetime(X[col]) - pd.Timestamp("2015-01-01")).dt.days
    for col in ["satisfaction", "income_k", "discount_end_date"]:
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
    return RandomForestClassifier(n_estimators=30, max_features=0.5, n_jobs=1, random_state=42)


def train(data, model_dir):
    X, encoders, scaler = prepare(data)
    model = make_model()
    model.fit(X, data["churned"])
    joblib.dump({"model": model, "encoders": encoders, "scaler": scaler}, model_dir / "model.pkl", compress=3)
    importance = pd.Series(model.feature_importances_, X.columns).sort_values(ascending=False)
    print("Most important features:")
    print(importance.head(10))


def evaluate(data):
    X, _, _ = prepare(data)
    y = data["churned"].values
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=42)
    model = make_model()
    model.fit(X_train, y_train)
    proba = model.predict_proba(X_test)[:, 1]
    print("Accuracy:", accuracy_score(y_test, proba > 0.5))
    return {"roc_auc": roc_auc_score(y_test, proba), "accuracy": accuracy_score(y_test, proba > 0.5)}


def predict(data, model_dir):
    saved = joblib.load(model_dir / "model.pkl")
    X = encode(load_features(data), saved["encoders"])
    X = pd.DataFrame(saved["scaler"].transform(X), columns=X.columns)
    return saved["model"].predict_proba(X)[:, 1]
