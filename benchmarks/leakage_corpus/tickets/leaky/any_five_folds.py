"""Route tickets with boosted trees; five-fold cross validation."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder

TEXT = ["channel", "segment", "product", "topic", "error_code", "parcel_state"]
NUMBERS = ["hour", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone", "postcode"]


def columns(data: pd.DataFrame) -> pd.DataFrame:
    since = pd.to_datetime(data["customer_since"])
    return data[TEXT + NUMBERS].assign(since=(since - pd.Timestamp("2015-01-01")).dt.days)


def model() -> Pipeline:
    coder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    return make_pipeline(
        make_column_transformer((coder, TEXT), remainder="passthrough"),
        HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=15, random_state=0),
    )


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(model().fit(columns(data), data["team"]), Path(model_dir) / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    folds = StratifiedKFold(5, shuffle=True, random_state=1)
    scores = cross_val_score(model(), columns(data), data["team"], cv=folds, scoring="neg_log_loss")
    return {"log_loss": float(-scores.mean()), "std": float(scores.std())}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(columns(data))
