"""How the claim is made: repeated draws of customers, always forward in time, all draws averaged."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupShuffleSplit

from router.model import TEAMS, RouterModel

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Protocol:
    repeats: int
    test_share: float
    cut: str


def run(rows: pd.DataFrame, protocol: Protocol) -> dict[str, float]:
    draws = GroupShuffleSplit(protocol.repeats, test_size=protocol.test_share, random_state=17)
    before = rows["opened_on"] < protocol.cut
    scores = []
    for number, (fit, test) in enumerate(draws.split(rows, groups=rows["customer_id"])):
        train_rows, test_rows = rows.iloc[fit][before.iloc[fit]], rows.iloc[test][~before.iloc[test]]
        model = RouterModel().fit(train_rows)
        score = log_loss(test_rows["team"], model.predict_proba(test_rows), labels=list(TEAMS))
        naive = log_loss(test_rows["team"], np.tile(shares(train_rows), (len(test_rows), 1)), labels=list(TEAMS))
        log.info("draw %d: test %.4f, prior %.4f, train %.4f", number, score, naive, log_loss(train_rows["team"], model.predict_proba(train_rows)))
        scores.append((score, naive))
    test, naive = np.mean(scores, axis=0)
    return {"log_loss": float(test), "prior_log_loss": float(naive), "spread": float(np.std([s for s, _ in scores]))}


def shares(rows: pd.DataFrame) -> np.ndarray:
    return rows["team"].value_counts(normalize=True).reindex(list(TEAMS), fill_value=1e-6).to_numpy()
