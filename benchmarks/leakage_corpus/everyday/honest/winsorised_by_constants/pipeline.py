"""Units by store, article and day: a scikit-learn Pipeline with own transformers and a log target."""
from __future__ import annotations

import logging
from pathlib import Path

import joblib
import pandas as pd

from demand.build import make_model
from demand.evaluation import forward_folds, summarise

logger = logging.getLogger("demand")
TARGET = "units"


def _tidy(data: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    data = data.drop_duplicates()
    return data.drop(columns=TARGET), data[TARGET]


def train(data: pd.DataFrame, model_dir: Path) -> None:
    X, y = _tidy(data)
    model = make_model()
    model.fit(X, y)
    logger.info("residual on the rows fitted: %.3f", (y - model.predict(X)).abs().mean())
    joblib.dump(model, Path(model_dir) / "model.joblib", compress=3)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    X, y = _tidy(data)
    return summarise(forward_folds(make_model, X, y, days=X["date"]))


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "model.joblib").predict(data)
