"""State of the machine: sensors in ten bands, a scikit-learn Pipeline from the table to the answer."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

SENSORS = [f"s{number}" for number in range(12)]
PLACES = ["line", "operator"]


class QuantileBands(BaseEstimator, TransformerMixin):
    """Each sensor becomes the number of its band, centred; robust against spikes."""

    def __init__(self, bands: int = 10):
        self.bands = bands

    def fit(self, X, y=None):
        shares = np.linspace(0, 1, self.bands + 1)[1:-1]
        self.edges_ = {name: np.quantile(X[name], shares) for name in X.columns}
        return self

    def transform(self, X):
        banded = {name: np.searchsorted(self.edges_[name], X[name]) for name in X.columns}
        out = pd.DataFrame(banded, index=X.index)
        return (out - (self.bands - 1) / 2) / self.bands

    def get_feature_names_out(self, input_features=None):
        return np.asarray(input_features, dtype=object)


def make_pipeline() -> Pipeline:
    prepare = ColumnTransformer(
        [
            ("bands", QuantileBands(), SENSORS),
            ("places", OneHotEncoder(handle_unknown="ignore", min_frequency=20), PLACES),
        ]
    )
    return Pipeline([("prepare", prepare), ("model", LogisticRegression(C=0.5, max_iter=400, class_weight="balanced"))])


def forward_windows(days: pd.Series, windows: int = 3, width: int = 30):
    """Yields masks of earlier days and of the `width` days after them."""
    last = days.max()
    for back in range(windows, 0, -1):
        start = last - pd.Timedelta(days=back * width - 1)
        yield days < start, (days >= start) & (days < start + pd.Timedelta(days=width))


def evaluate(data: pd.DataFrame) -> dict:
    days = pd.to_datetime(data["day"])
    scores = []
    for earlier, judged in forward_windows(days):
        model = make_pipeline().fit(data.loc[earlier, SENSORS + PLACES], data.loc[earlier, "state"])
        said = model.predict(data.loc[judged, SENSORS + PLACES])
        scores.append(f1_score(data.loc[judged, "state"], said, average="macro"))
    return {"f1_macro": float(np.mean(scores))}


def train(data: pd.DataFrame, model_dir: str) -> None:
    model = make_pipeline().fit(data[SENSORS + PLACES], data["state"])
    joblib.dump(model, Path(model_dir) / "pipeline.joblib")


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    return joblib.load(Path(model_dir) / "pipeline.joblib").predict_proba(data[SENSORS + PLACES])
