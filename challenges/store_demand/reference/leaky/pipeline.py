"""Demand model: random forest on all available columns."""

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

TEXT = ["region", "area", "format", "article", "category"]
DATES = ["date", "opened_on"]


def load_features(data):
    """Turn dates into numbers and fill the gaps."""
    X = data.drop(columns=["units"], errors="ignore").copy()
    for col in DATES:
        X[col] = (pd.to_datetime(X[col]) - pd.Timestamp("2015-01-01")).dt.days
    for col in ["purchasing_power", "sold_out_hour"]:
        X[col] = X[col].fillna(-1)
    return X


def encode(X, encoders, usual, overall):
    X["usual"] = (X["store_id"].astype(str) + X["article"]).map(usual).fillna(overall)
    for col in TEXT:
        X[col] = X[col].map(encoders[col]).fillna(-1)
    return X


def prepare(data):
    """Encode and scale the whole table."""
    X = load_features(data)
    encoders = {col: {value: i for i, value in enumerate(sorted(X[col].unique()))} for col in TEXT}
    usual = data["units"].groupby(data["store_id"].astype(str) + data["article"]).mean().to_dict()
    overall = data["units"].mean()
    X = encode(X, encoders, usual, overall)
    scaler = StandardScaler()
    X = pd.DataFrame(scaler.fit_transform(X), columns=X.columns)
    return X, (encoders, usual, overall), scaler


def make_model():
    return RandomForestRegressor(n_estimators=25, max_features=0.5, min_samples_leaf=3, n_jobs=1, random_state=42)


def train(data, model_dir):
    X, encoders, scaler = prepare(data)
    model = make_model()
    model.fit(X, data["units"])
    joblib.dump({"model": model, "encoders": encoders, "scaler": scaler}, model_dir / "model.pkl", compress=3)
    importance = pd.Series(model.feature_importances_, X.columns).sort_values(ascending=False)
    print("Most important features:")
    print(importance.head(10))


def evaluate(data):
    X, _, _ = prepare(data)
    y = data["units"].values
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    model = make_model()
    model.fit(X_train, y_train)
    pred = model.predict(X_test)
    print("R2:", r2_score(y_test, pred))
    return {"mae": mean_absolute_error(y_test, pred), "r2": r2_score(y_test, pred)}


def predict(data, model_dir):
    saved = joblib.load(model_dir / "model.pkl")
    X = encode(load_features(data), *saved["encoders"])
    X = pd.DataFrame(saved["scaler"].transform(X), columns=X.columns)
    return saved["model"].predict(X)
