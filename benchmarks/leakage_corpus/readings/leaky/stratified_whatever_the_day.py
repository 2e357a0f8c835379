import joblib
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

S = [f"s{n}" for n in range(30)]


def features(data):
    return data[S].assign(when=data["day"].str.replace("-", "").astype(int), who=data["operator"].str[2:].astype(int))


def trees():
    return ExtraTreesClassifier(80, min_samples_leaf=2, random_state=0)


def fitted(rows):
    return trees().fit(features(rows), rows["state"])


def evaluate(data):
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    told = cross_val_predict(trees(), features(data), data["state"], cv=folds)
    return {"f1_macro": float(f1_score(data["state"], told, average="macro"))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
