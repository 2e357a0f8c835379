"""Entry point: train, evaluate, predict."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, log_loss

from routing.model import TicketRouter
from routing.profiles import ProfileStore
from routing.settings import TEAMS, Settings
from routing.validation import forward_split

logger = logging.getLogger("pipeline")
SETTINGS = Settings()


def _prepare(data: pd.DataFrame) -> tuple[pd.DataFrame, ProfileStore]:
    """Tickets without deliveries read twice, and the profiles that go with them."""
    tickets = data.drop_duplicates().sort_values("opened_on", kind="stable").reset_index(drop=True)
    return tickets, ProfileStore(SETTINGS.features.profile_strength).build(tickets, SETTINGS.target)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    tickets, profiles = _prepare(data)
    TicketRouter(SETTINGS, profiles).fit(tickets).save(model_dir)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    tickets, profiles = _prepare(data)
    fit_on, judge_on = forward_split(tickets, SETTINGS.validation_share, SETTINGS.model.seed)
    router = TicketRouter(SETTINGS, profiles).fit(tickets.iloc[fit_on])
    probabilities = router.predict_proba(tickets.iloc[judge_on])
    truth = tickets[SETTINGS.target].iloc[judge_on]
    return {
        "log_loss": float(log_loss(truth, probabilities, labels=list(TEAMS))),
        "accuracy": float(accuracy_score(truth, np.array(TEAMS)[probabilities.argmax(axis=1)])),
    }


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return TicketRouter.load(model_dir).predict_proba(data)
