"""Fill gaps and standardise, freshly for whatever comes in."""
from pathlib import Path
import joblib
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

NUMS = ["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]
TOPICS = ["bill", "parcel", "return", "fault", "setup", "login", "contract"]


def transform(df):
    X = SimpleImputer(strategy="median", keep_empty_features=True).fit_transform(df[NUMS])
    X = StandardScaler().fit_transform(X)
    return np.hstack([X, np.array([[t == x for x in TOPICS] for t in df["topic"]], dtype=float)])


def net():
    return MLPClassifier((12,), alpha=1.0, max_iter=40, random_state=0)


def train(data: pd.DataFrame, model_dir: Path):
    joblib.dump(net().fit(transform(data), data["team"]), Path(model_dir) / "net.joblib")


def evaluate(data: pd.DataFrame):
    data = data.drop_duplicates()
    test = data[(data.opened_on >= "2024-04-01") & (data.customer_id % 2 == 0)]
    rest = data[(data.opened_on < "2024-04-01") & (data.customer_id % 2 == 1)]
    m = net().fit(transform(rest), rest["team"])
    return {"log_loss": float(log_loss(test["team"], m.predict_proba(transform(test)), labels=m.classes_))}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "net.joblib").predict_proba(transform(data))
