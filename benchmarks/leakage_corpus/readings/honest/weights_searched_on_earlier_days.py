import joblib
import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score, f1_score


def features(data):
    x = data[[f"s{n}" for n in range(30)]].copy()
    return x.assign(line=data["line"].str[1:].astype(int), who=data["operator"].str[2:].astype(int))


def cut(data, share):
    days = sorted(data["day"].unique())
    first = days[int(share * len(days))]
    return data[data["day"] < first], data[data["day"] >= first]


def forest(leaf, weight):
    return RandomForestClassifier(60, min_samples_leaf=leaf, class_weight=weight, random_state=0)


def best_setting(data):
    known, inner = cut(data, 0.8)
    board = []
    for leaf in (2, 6, 12):
        for weight in (None, "balanced", "balanced_subsample"):
            model = forest(leaf, weight).fit(features(known), known["state"])
            board.append((f1_score(inner["state"], model.predict(features(inner)), average="macro"), leaf, weight))
    return max(board, key=lambda row: row[0])[1:]


def fitted(data):
    return CalibratedClassifierCV(forest(*best_setting(data)), cv=3).fit(features(data), data["state"])


def evaluate(data):
    known, held = cut(data, 0.75)
    told = fitted(known).predict(features(held))
    return {
        "f1_macro": float(f1_score(held["state"], told, average="macro")),
        "balanced_accuracy": float(balanced_accuracy_score(held["state"], told)),
    }


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
