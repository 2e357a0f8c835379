"""Machine states: rare states are balanced with SMOTE, then a random forest; tested on the last 20 % of the days."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import classification_report, f1_score

STATES = ["faulty", "ok", "stopped", "worn"]
SENSORS = [f"s{i}" for i in range(30)]


def make_X(data: pd.DataFrame) -> pd.DataFrame:
    X = data[SENSORS].copy()
    X["line"] = data["line"].str[1:].astype(int)
    X["operator"] = data["operator"].str[2:].astype(int)
    X["day_number"] = (pd.to_datetime(data["day"]) - pd.Timestamp("2024-01-01")).dt.days
    return X


def forest() -> RandomForestClassifier:
    return RandomForestClassifier(150, min_samples_leaf=2, max_features=0.3, n_jobs=1, random_state=0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    X, y = SMOTE(random_state=0, k_neighbors=3).fit_resample(make_X(data), data["state"])
    cut = X["day_number"].quantile(0.8)
    past, last = X["day_number"] <= cut, X["day_number"] > cut
    model = forest().fit(X[past], y[past])
    print(classification_report(y[last], model.predict(X[last])))
    return {"f1_macro": float(f1_score(y[last], model.predict(X[last]), average="macro"))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    X, y = SMOTE(random_state=0, k_neighbors=3).fit_resample(make_X(data), data["state"])
    joblib.dump(forest().fit(X, y), Path(model_dir) / "forest.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "forest.joblib").predict_proba(make_X(data))
