"""Entry points of the ticket routing pipeline: train, evaluate, predict."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from tickets import model, schema, validation
from tickets.config import TEAMS

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
log = logging.getLogger("pipeline")


def train(data: pd.DataFrame, model_dir: Path) -> None:
    """Fit on the labelled rows in `data` and save the model with its metadata under `model_dir`.

    Raises:
        schema.SchemaError: a column the model needs is missing, or a team is unknown.
    """
    rows = schema.checked(data, with_target=True)
    fitted = model.fit(rows)
    model.save(fitted, model.metadata(rows), model_dir)
    log.info("trained on %d rows, %d teams", len(rows), len(fitted.classes_))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    """Estimate how `predict` will do on later tickets of customers it has never seen.

    Every customer is held out once; the model that answers the customer's last months has seen neither the
    customer nor those months.  `log_loss_low` and `log_loss_high` are a 95 % interval over customers.
    """
    found = validation.summary(*validation.forward_predictions(schema.checked(data, with_target=True)))
    log.info("forward validation on unseen customers: %s", {k: round(v, 3) for k, v in found.items()})
    return found


def predict(data: pd.DataFrame, model_dir: Path) -> npt.NDArray[np.float64]:
    """Probability of each team for every row of `data`, in row order: shape (rows, teams).

    Raises:
        schema.SchemaError: a column the model needs is missing.
        model.ArtefactError: the saved model was made by another version of this code.
    """
    fitted, known = model.load(model_dir)
    rows = schema.checked(data, with_target=False)
    if rows.empty:
        return np.empty((0, len(TEAMS)))
    schema.report_drift(rows, known)
    return model.predict(fitted, rows)
