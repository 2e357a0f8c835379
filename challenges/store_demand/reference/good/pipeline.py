"""Entry points of the demand pipeline: train, evaluate, predict."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from demand import model, schema, validation
from demand.config import TARGET

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
log = logging.getLogger("pipeline")


def train(data: pd.DataFrame, model_dir: Path) -> None:
    """Fit on the labelled rows in `data` and save the model with its metadata under `model_dir`.

    Raises:
        schema.SchemaError: a column the model needs is missing.
    """
    rows = schema.checked(data, with_target=True)
    model.save(model.fit(rows), model.metadata(rows), model_dir)
    log.info("trained on %d rows, %.1f units on average", len(rows), rows[TARGET].mean())


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    """Estimate how `predict` will do on the next two months, new stores among them.

    The last two months are held out, and two stores in five are kept out of training, as in use.  `mae_low` and
    `mae_high` are a 95 % interval over stores.
    """
    held_out = validation.forward_forecasts(schema.checked(data, with_target=True))
    found = validation.summary(held_out)
    log.info("forward validation with new stores: %s", {name: round(value, 2) for name, value in found.items()})
    return found


def predict(data: pd.DataFrame, model_dir: Path) -> npt.NDArray[np.float64]:
    """Units asked for, for every row of `data`, in row order.

    Raises:
        schema.SchemaError: a column the model needs is missing.
        model.ArtefactError: the saved model was made by another version of this code.
    """
    fitted, known = model.load(model_dir)
    rows = schema.checked(data, with_target=False)
    if rows.empty:
        return np.empty(0)
    schema.report_drift(rows, known)
    return model.predict(fitted, rows)
