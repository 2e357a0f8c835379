"""Churn: risk by postcode area, contract and channel as features of a random forest."""
import logging
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from risk import RiskTable
from rows import FEATURES, clean, forward_split

log = logging.getLogger("churn")


def _forest() -> RandomForestClassifier:
    return RandomForestClassifier(150, min_samples_leaf=8, max_features=0.5, n_jobs=1, random_state=7)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = clean(data).drop_duplicates()
    rows = RiskTable().fit(rows).transform(rows)
    past, future = forward_split(rows)
    log.info("%d rows to learn from, %d to test", len(past), len(future))
    model = _forest().fit(past[FEATURES], past["churned"])
    return {"roc_auc": float(roc_auc_score(future["churned"], model.predict_proba(future[FEATURES])[:, 1]))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = clean(data).drop_duplicates()
    risk = RiskTable().fit(rows)
    joblib.dump((risk, _forest().fit(risk.transform(rows)[FEATURES], rows["churned"])), Path(model_dir) / "forest.joblib", compress=3)


def predict(data: pd.DataFrame, model_dir: Path):
    risk, model = joblib.load(Path(model_dir) / "forest.joblib")
    return model.predict_proba(risk.transform(clean(data))[FEATURES])[:, 1]
