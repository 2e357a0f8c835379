"""Settings are searched inside the older tickets; the newest tickets of other customers are looked at once."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

CATEGORICAL = ["channel", "segment", "product", "topic", "error_code", "parcel_state"]
NUMERIC = ["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]


def search(rows):
    pre = ColumnTransformer([
        ("cat", OneHotEncoder(handle_unknown="ignore"), CATEGORICAL),
        ("num", Pipeline([("gaps", SimpleImputer()), ("scale", StandardScaler())]), NUMERIC),
    ])
    pipe = Pipeline([("pre", pre), ("clf", LogisticRegression(max_iter=200))])
    grid = GridSearchCV(pipe, {"clf__C": [0.01, 0.1, 1.0]}, scoring="neg_log_loss", cv=GroupKFold(3))
    return grid.fit(rows, rows["team"], groups=rows["customer_id"]).best_estimator_


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(search(data.drop_duplicates()), Path(model_dir) / "m.joblib")


def evaluate(data: pd.DataFrame) -> dict:
    data = data.drop_duplicates()
    late, mine = data["opened_on"] >= "2024-03-15", data["customer_id"] % 4 == 1
    best = search(data[~late & ~mine])
    judged = data[late & mine]
    return {"log_loss": log_loss(judged["team"], best.predict_proba(judged), labels=best.classes_)}


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "m.joblib").predict_proba(data)
