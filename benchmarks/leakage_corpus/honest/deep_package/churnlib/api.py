from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from churnlib.data.partition import forward_folds
from churnlib.data.table import deduplicated
from churnlib.modelling.artefact import read, write
from churnlib.modelling.linear.scorecard import Scorecard


def train(data: pd.DataFrame, model_dir: Path) -> None:
    write(Scorecard().fit(deduplicated(data)), Path(model_dir))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = deduplicated(data)
    truth, score = [], []
    for known, later in forward_folds(rows, folds=4, months=3):
        score.append(Scorecard().fit(known).score(later))
        truth.append(later["churned"].to_numpy())
    return {"roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score)))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return read(Path(model_dir)).score(data)
