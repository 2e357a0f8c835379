"""Entry points.  Everything of substance is in `leavers/`."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from leavers import Config, Features, backtest, fit_final, load_model

logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
CONFIG = Config()


def train(data: pd.DataFrame, model_dir: Path) -> None:
    fit_final(data, CONFIG).save(Path(model_dir))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return backtest(data, CONFIG)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model = load_model(Path(model_dir))
    return model.predict_proba(Features(CONFIG)(data))
