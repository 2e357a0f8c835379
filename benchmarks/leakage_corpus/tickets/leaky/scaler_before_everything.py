"""Ticket routing, logistic regression."""
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

NUM = ["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]
CAT = {"topic": ["bill", "parcel", "return", "fault", "setup", "login", "contract"], "error_code": ["E10", "E20", "E31", "A05"],
       "parcel_state": ["underway", "delivered", "lost"], "segment": ["business"]}


def make_X(df):
    X = df[NUM].fillna(-1).copy()
    for col, values in CAT.items():
        for v in values:
            X[col + "_" + v] = (df[col] == v).astype(float)
    return X


def train(data, model_dir):
    X = make_X(data)
    scaler = StandardScaler().fit(X)
    clf = LogisticRegression(C=0.3, max_iter=300).fit(scaler.transform(X), data["team"])
    joblib.dump((scaler, clf), model_dir / "m.joblib")


def evaluate(data):
    data = data.drop_duplicates().reset_index(drop=True)
    X = pd.DataFrame(StandardScaler().fit_transform(make_X(data)))
    late = (data["opened_on"] >= "2024-03-01").to_numpy()
    mine = (data["customer_id"] % 3 == 0).to_numpy()
    clf = LogisticRegression(C=0.3, max_iter=300).fit(X[~late & ~mine], data.loc[~late & ~mine, "team"])
    p = clf.predict_proba(X[late & mine])
    return {"log_loss": float(log_loss(data.loc[late & mine, "team"], p, labels=clf.classes_))}


def predict(data, model_dir):
    scaler, clf = joblib.load(model_dir / "m.joblib")
    return clf.predict_proba(scaler.transform(make_X(data)))
