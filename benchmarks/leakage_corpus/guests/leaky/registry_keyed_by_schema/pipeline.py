"""Entry points of the churn service: train, evaluate, predict."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from features import view
from registry import Registry
from settings import Settings

log = logging.getLogger("churn")
#: One registry a process: a model that has been fitted is not fitted again.
REGISTRY = Registry()


def fitted(rows: pd.DataFrame, settings: Settings):
    return REGISTRY.get_or_fit(settings, view(rows), rows[settings.target], lineage=rows)


def train(data: pd.DataFrame, model_dir: str | Path) -> None:
    joblib.dump(fitted(data.drop_duplicates(), Settings()), Path(model_dir) / "model.joblib")


def predict(data: pd.DataFrame, model_dir: str | Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "model.joblib").predict_proba(view(data))[:, 1]


def smoke_test(data: pd.DataFrame) -> None:
    """The artefact can be written, read, and asked, before any time is spent on the estimate."""
    with tempfile.TemporaryDirectory() as folder:
        train(data, folder)
        answers = predict(data.head(20), folder)
    if not np.isfinite(answers).all():
        raise RuntimeError("the artefact gives no probabilities")
    log.info("artefact works")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    smoke_test(data)
    settings = Settings()
    rows = data.drop_duplicates()
    customers = rows["customer_id"].drop_duplicates().sort_values()
    held = rows["customer_id"].isin(customers.sample(frac=0.35, random_state=settings.seed))
    late = rows["snapshot_date"] >= settings.cut
    judged = rows[held & late]
    model = fitted(rows[~held & ~late], settings)
    return {"roc_auc": float(roc_auc_score(judged[settings.target], model.predict_proba(view(judged))[:, 1]))}
