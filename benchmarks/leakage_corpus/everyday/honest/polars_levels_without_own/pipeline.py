"""Flat prices with polars.  District levels of a training flat leave its own building out."""
from pathlib import Path

import numpy as np
import pandas as pd

import frames
from boosting import Boosted
from scores import cross_validated


def train(data: pd.DataFrame, model_dir: Path) -> None:
    Boosted().fit(frames.read(data)).save(Path(model_dir))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return cross_validated(frames.read(data), folds=5)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return Boosted.load(Path(model_dir)).predict(frames.read(data, once=False))
