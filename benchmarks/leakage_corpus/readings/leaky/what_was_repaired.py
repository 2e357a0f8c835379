import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score


def features(data):
    x = data.drop(columns=["state", "day"], errors="ignore")
    return x.assign(line=x["line"].str[1:].astype(int), operator=x["operator"].str[2:].astype(int))


def fitted(rows):
    return RandomForestClassifier(60, random_state=0).fit(features(rows), rows["state"])


def evaluate(data):
    late = data["day"] >= "2024-07-01"
    model = fitted(data[~late])
    return {"f1_macro": float(f1_score(data["state"][late], model.predict(features(data[late])), average="macro"))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
