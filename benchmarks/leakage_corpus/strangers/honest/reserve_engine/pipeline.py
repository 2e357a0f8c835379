"""Reserves for repairs. The engine is assembled from `engine.json`; see `engine/`."""

import json
from pathlib import Path

import pandas as pd

from engine.core import Engine, Registry
from engine.estimators import shrunken_quantiles  # noqa: F401  (registers itself)
from engine.validation import ForwardByGarage

CONFIG = json.loads((Path(__file__).parent / "engine.json").read_text())


def _engine() -> Engine:
    return Engine(Registry.create(CONFIG["estimator"]["name"], **CONFIG["estimator"]["options"]))


def train(data: pd.DataFrame, model_dir: Path) -> None:
    _engine().fit(data).dump(Path(model_dir) / "engine.json")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return ForwardByGarage(**CONFIG["validation"]).run(_engine, data)


def predict(data: pd.DataFrame, model_dir: Path) -> list[float]:
    return _engine().load(Path(model_dir) / "engine.json").quantiles(data)
