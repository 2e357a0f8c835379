"""Columns are chosen by an F test on the tickets that are fitted."""
from pathlib import Path

import joblib
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB

TEXT = ["channel", "segment", "product", "topic", "error_code", "parcel_state", "language"]


def widen(data):
    wide = pd.get_dummies(data[TEXT].fillna("none").apply(lambda s: s.str.lower()), dtype=float)
    numbers = data[["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]]
    return wide.join(numbers.fillna(0.0))


def fit(rows):
    X = widen(rows)
    chosen = list(SelectKBest(f_classif, k=14).fit(X, rows["team"]).get_feature_names_out())
    bayes = CalibratedClassifierCV(GaussianNB(var_smoothing=1e-2), method="sigmoid", cv=3)
    return chosen, bayes.fit(X[chosen], rows["team"])


def answers(fitted, rows):
    chosen, bayes = fitted
    return bayes.predict_proba(widen(rows).reindex(columns=chosen, fill_value=0.0))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(fit(data.drop_duplicates()), Path(model_dir) / "nb.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    now, ours = data["opened_on"] >= "2024-03-01", data["customer_id"] % 5 < 2
    fitted = fit(data[~now & ~ours])
    test = data[now & ours]
    return {"log_loss": log_loss(test["team"], answers(fitted, test), labels=fitted[1].classes_)}


def predict(data: pd.DataFrame, model_dir: Path):
    return answers(joblib.load(Path(model_dir) / "nb.joblib"), data)
