"""Flat prices.

train()     finds the number of rounds on held-out buildings, then fits on all flats with that number
evaluate()  the hold-out score of the same procedure
predict()   prices in thousands
"""

from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

from config import HOLDOUT_SHARE, BoosterConfig
from trainer import Trainer


def clean(data: pd.DataFrame) -> pd.DataFrame:
    """Flats listed twice count once; the fee is only known after the sale."""
    return data.drop(columns="agent_fee").drop_duplicates().reset_index(drop=True)


def split(flats: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Whole buildings on one side."""
    splitter = GroupShuffleSplit(n_splits=1, test_size=HOLDOUT_SHARE, random_state=3)
    fitting, holdout = next(splitter.split(flats, groups=flats["building_id"]))
    return flats.iloc[fitting], flats.iloc[holdout]


def train(data: pd.DataFrame, model_dir: Path) -> None:
    flats = clean(data)
    rounds = Trainer(BoosterConfig()).fit(*split(flats)).best_round
    final = Trainer(replace(BoosterConfig(), n_estimators=rounds)).fit(flats)
    joblib.dump({"preprocessor": final.preprocessor, "booster": final.booster}, Path(model_dir) / "model.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    fitting, holdout = split(clean(data))
    trainer = Trainer(BoosterConfig()).fit(fitting, monitor=holdout)
    return trainer.report(holdout)


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    saved = joblib.load(Path(model_dir) / "model.joblib")
    return np.exp(saved["booster"].predict(saved["preprocessor"].transform(data.drop(columns="agent_fee"))))
