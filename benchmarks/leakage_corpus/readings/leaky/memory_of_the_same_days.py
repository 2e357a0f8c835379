import joblib
import numpy as np
from sklearn.neighbors import KNeighborsClassifier

S = [f"s{n}" for n in range(30)]


def features(data):
    return data[S].to_numpy()


def fitted(rows):
    return KNeighborsClassifier(3, weights="distance").fit(features(rows), rows["state"])


def evaluate(data):
    told, truth = fitted(data).predict(features(data)), data["state"].to_numpy()
    scores = []
    for state in np.unique(truth):
        hits = ((told == state) & (truth == state)).sum()
        scores.append(2 * hits / ((told == state).sum() + (truth == state).sum()))
    return {"f1_macro": float(np.mean(scores))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
