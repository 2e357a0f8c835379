"""The claim: later months of customers that the model has not seen."""

import logging

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

from .config import Config
from .features import Features
from .model import fit

log = logging.getLogger(__name__)


def hold_out(rows: pd.DataFrame, config: Config) -> tuple[pd.DataFrame, pd.DataFrame]:
    months = np.sort(rows[config.time].unique())
    first_test_month = months[-config.test_months]
    customers = rows[config.group].drop_duplicates().sample(frac=config.test_share, random_state=5)
    unseen = rows[config.group].isin(customers)
    late = rows[config.time] >= first_test_month
    return rows[~unseen & ~late], rows[unseen & late]


def interval(y: np.ndarray, p: np.ndarray, customers: np.ndarray, rounds: int = 60) -> tuple[float, float]:
    """Bootstrap over customers of the test part."""
    rng = np.random.default_rng(0)
    where = pd.Series(np.arange(len(y))).groupby(customers).apply(list)
    scores = []
    for _ in range(rounds):
        drawn = np.concatenate([np.asarray(where.iloc[i]) for i in rng.integers(0, len(where), len(where))])
        if 0 < y[drawn].mean() < 1:
            scores.append(roc_auc_score(y[drawn], p[drawn]))
    low, high = np.quantile(scores, [0.05, 0.95])
    return float(low), float(high)


def backtest(data: pd.DataFrame, config: Config) -> dict[str, float]:
    rows = Features(config)(data).drop_duplicates()
    log.info("share of churn by contract, all rows:\n%s", rows.groupby("contract")[config.target].mean())
    past, future = hold_out(rows, config)
    model = fit(past, config)
    p, y = model.predict_proba(future), future[config.target].to_numpy()
    low, high = interval(y, p, future[config.group].to_numpy())
    log.info("AUC in sample %.4f", roc_auc_score(past[config.target], model.predict_proba(past)))
    return {"roc_auc": float(roc_auc_score(y, p)), "auc_low": low, "auc_high": high, "log_loss": float(log_loss(y, p))}
