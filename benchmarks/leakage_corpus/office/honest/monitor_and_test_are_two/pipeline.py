"""Flat prices: XGBoost with early stopping on buildings that are neither fitted nor judged."""

from pathlib import Path

import joblib
import pandas as pd

import data as tables
from settings import Settings
from trainer import Trainer


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    settings = Settings()
    flats = tables.load(data)
    results = [Trainer(settings).fit(rest).validate(test) for rest, test in tables.folds(flats, settings.folds)]
    return pd.DataFrame(results).mean().to_dict()


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(Trainer().fit(tables.load(data)), Path(model_dir) / "trainer.joblib")


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(Path(model_dir) / "trainer.joblib").predict(data)
