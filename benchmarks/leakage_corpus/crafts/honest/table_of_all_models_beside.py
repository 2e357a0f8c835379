"""Which of our vans breaks down: a survey of models with a table for the notebook, then one number."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

COLUMNS = [
    *("odometer_km", "days_since_last", "km_since_last", "battery_v"),
    *("oil_ppm", "brake_mm", "warnings", "rented_days", "lease_value"),
]

MODELS = {
    "logistic": lambda: LogisticRegression(max_iter=300),
    "bayes": lambda: GaussianNB(),
    "neighbours": lambda: KNeighborsClassifier(60),
    "forest": lambda: RandomForestClassifier(60, min_samples_leaf=8, random_state=0, n_jobs=1),
    "extra": lambda: ExtraTreesClassifier(60, min_samples_leaf=8, random_state=0, n_jobs=1),
    "lightgbm": lambda: LGBMClassifier(n_estimators=60, num_leaves=7, n_jobs=1, verbose=-1, random_state=0),
    "xgboost": lambda: XGBClassifier(n_estimators=50, max_depth=3, learning_rate=0.1, n_jobs=1, random_state=0),
}


def line(name):
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), MODELS[name]())


def score(model, visits):
    return average_precision_score(visits["stranded"], model.predict_proba(visits[COLUMNS])[:, 1])


def survey(known, judged):
    """Average precision of each model, best first."""
    rows = []
    for name in MODELS:
        model = line(name).fit(known[COLUMNS], known["stranded"])
        rows.append({"model": name, "train": score(model, known), "test": score(model, judged)})
    return pd.DataFrame(rows).sort_values("test", ascending=False).reset_index(drop=True)


def before(visits, date):
    return visits[visits["visited_on"] < date], visits[visits["visited_on"] >= date]


def dates(visits):
    return np.sort(visits["visited_on"].to_numpy(dtype=str))[[int(0.65 * len(visits)), int(0.8 * len(visits))]]


def evaluate(data):
    data = data.drop_duplicates(["van_id", "visited_on"])
    middle, last = dates(data)
    known, judged = before(data, last)
    choice = survey(*before(known, middle)).loc[0, "model"]
    table = survey(known, judged)
    print(table.round(3).to_string(index=False))
    return {"average_precision": float(table.set_index("model").loc[choice, "test"])}


def train(data, model_dir):
    data = data.drop_duplicates(["van_id", "visited_on"])
    name = survey(*before(data, dates(data)[1])).loc[0, "model"]
    joblib.dump(line(name).fit(data[COLUMNS], data["stranded"]), Path(model_dir) / "chosen.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "chosen.joblib").predict_proba(data[COLUMNS])[:, 1]
