"""Units a day: training rows weigh more the more they look like recent ones; a boosted tree model."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FORMATS = ["kiosk", "city", "supermarket"]


def encode(df):
    date = pd.to_datetime(df["date"])
    x = df[["size_m2", "price_eur", "discount", "in_leaflet"]].astype(float)
    x["power"] = df["purchasing_power"].fillna(100.0)
    x["weekday"] = date.dt.dayofweek.astype(float)
    for name in FORMATS:
        x[f"is_{name}"] = (df["format"] == name).astype(float)
    for name in ["bakery", "produce", "household"]:
        x[f"is_{name}"] = (df["category"] == name).astype(float)
    return x


def adversary(old, new):
    """Tells rows of one time from rows of another by what they hold."""
    x = pd.concat([old, new])
    recent = np.r_[np.zeros(len(old)), np.ones(len(new))]
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.2)).fit(x, recent)


def importance(x, reference):
    model = adversary(x, reference)
    odds = model.predict_proba(x)[:, 1]
    weights = odds / (1 - odds)
    return np.clip(weights / weights.mean(), 0.2, 5)


def booster():
    return xgb.XGBRegressor(
        objective="reg:absoluteerror", n_estimators=100, max_depth=4, learning_rate=0.1, n_jobs=1, random_state=0
    )


def recent_weeks(df, x):
    return x[(df["date"] >= np.sort(df["date"])[int(0.85 * len(df))]).to_numpy()]


def evaluate(data):
    cut = np.sort(data["date"])[int(0.8 * len(data))]
    train_df, test_df = data[data["date"] < cut], data[data["date"] >= cut]
    x_train, x_test = encode(train_df), encode(test_df)
    weights = importance(x_train, x_test)
    model = booster().fit(x_train, train_df["units"], sample_weight=weights)
    return {"mae": float(mean_absolute_error(test_df["units"], model.predict(x_test)))}


def train(data, model_dir):
    x = encode(data)
    model = booster().fit(x, data["units"], sample_weight=importance(x, recent_weeks(data, x)))
    joblib.dump(model, Path(model_dir) / "xgb.joblib")


def predict(data, model_dir):
    return np.clip(joblib.load(Path(model_dir) / "xgb.joblib").predict(encode(data)), 0, None)
