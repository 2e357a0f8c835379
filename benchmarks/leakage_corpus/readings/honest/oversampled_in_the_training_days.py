import joblib
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler


def features(data):
    return data[[f"s{n}" for n in range(30)]]


def fitted(rows):
    steps = make_pipeline(StandardScaler(), SMOTE(random_state=0), LinearDiscriminantAnalysis())
    return steps.fit(features(rows), rows["state"])


def evaluate(data):
    days = pd.Index(sorted(data["day"].unique()))
    frames = []
    for start in range(120, 240, 40):
        known = data[data["day"].isin(days[max(0, start - 150) : start])]
        held = data[data["day"].isin(days[start : start + 40])]
        if held.empty:
            continue
        frames.append(pd.DataFrame({"truth": held["state"], "told": fitted(known).predict(features(held))}))
    pooled = pd.concat(frames, ignore_index=True)
    return {"f1_macro": float(f1_score(pooled["truth"], pooled["told"], average="macro"))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
