"""Facade of the repair cost service."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from repair_cost.config import ServiceConfig
from repair_cost.trainer import Trainer

CONFIG = ServiceConfig.from_yaml(Path(__file__).parent / "service.yaml")


def train(data: pd.DataFrame, model_dir: Path) -> None:
    Trainer(CONFIG).run(data).save(Path(model_dir))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return Trainer(CONFIG).run(data).report


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return Trainer.load(CONFIG, Path(model_dir)).predict(data)
