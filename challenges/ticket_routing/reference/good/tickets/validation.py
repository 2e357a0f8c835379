"""How well the model will do on later tickets of customers it has not seen."""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import GroupKFold

from tickets import model
from tickets.config import BOOTSTRAP_DRAWS, CUSTOMER, FOLDS, OPENED, SEED, TARGET, TEAMS, VALIDATION_MONTHS

log = logging.getLogger(__name__)

#: A group with fewer held-out tickets is not reported.
LEAST_ROWS = 50
FloatArray = npt.NDArray[np.float64]


def forward_predictions(rows: pd.DataFrame) -> tuple[pd.DataFrame, FloatArray, FloatArray]:
    """The last months of every customer, answered by a model that saw neither them nor the customer.

    Returns the held-out rows, the probabilities of the model and those of the baseline, both (rows, teams).
    """
    rows = rows.drop_duplicates()
    late = rows[OPENED] >= cut(rows[OPENED])
    parts, answers, simple = [], [], []
    for known, held_out in GroupKFold(FOLDS).split(rows, groups=rows[CUSTOMER]):
        in_training = np.isin(np.arange(len(rows)), known)
        train, test = rows[in_training & ~late], rows.iloc[held_out].loc[late.iloc[held_out]]
        parts.append(test)
        answers.append(model.predict(model.fit(train), test))
        simple.append(baseline(train, test))
    return pd.concat(parts), np.concatenate(answers), np.concatenate(simple)


def cut(opened: pd.Series) -> str:
    """The first day of the last VALIDATION_MONTHS months: as far ahead as the model will be used."""
    last = pd.Period(opened.max(), "M")
    return f"{last - VALIDATION_MONTHS + 1}-01"


def baseline(train: pd.DataFrame, test: pd.DataFrame) -> FloatArray:
    """The share of each team among training tickets of the same topic: what an agent knows by heart."""
    shares = pd.crosstab(train["topic"], train[TARGET]).reindex(columns=list(TEAMS), fill_value=0) + 1.0
    shares = shares.div(shares.sum(axis=1), axis=0)
    everybody = pd.Series(1 / len(TEAMS), index=list(TEAMS))
    rows = [shares.loc[topic] if topic in shares.index else everybody for topic in test["topic"]]
    return np.asarray(rows, dtype=np.float64)


def summary(held_out: pd.DataFrame, answers: FloatArray, simple: FloatArray) -> dict[str, float]:
    """Metrics of held-out rows, with an interval over customers, and the loss in groups of tickets."""
    losses = surprise(held_out, answers)
    told = np.asarray(TEAMS)[answers.argmax(axis=1)]
    low, high = interval(held_out, losses)
    return {
        "log_loss": float(log_loss(held_out[TARGET], answers, labels=list(TEAMS))),
        "log_loss_low": low,
        "log_loss_high": high,
        "accuracy": float(accuracy_score(held_out[TARGET], told)),
        "f1_macro": float(f1_score(held_out[TARGET], told, average="macro")),
        "baseline_log_loss": float(log_loss(held_out[TARGET], simple, labels=list(TEAMS))),
        **group_losses(held_out, losses),
    }


def surprise(held_out: pd.DataFrame, answers: FloatArray) -> FloatArray:
    """Minus the logarithm of the probability that each row's own team was given."""
    own = answers[np.arange(len(answers)), held_out[TARGET].map(TEAMS.index).to_numpy()]
    return -np.log(np.maximum(own, np.finfo(np.float32).eps))


def interval(held_out: pd.DataFrame, losses: FloatArray) -> tuple[float, float]:
    """95 % bootstrap interval of the log loss; customers are drawn, since tickets of one are not independent."""
    rng = np.random.default_rng(SEED)
    codes, customers = pd.factorize(held_out[CUSTOMER])
    means = []
    for _ in range(BOOTSTRAP_DRAWS):
        weight = rng.multinomial(len(customers), np.full(len(customers), 1 / len(customers)))[codes]
        means.append(np.average(losses, weights=weight))
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def group_losses(held_out: pd.DataFrame, losses: FloatArray) -> dict[str, float]:
    """Log loss of each language, and the recall-like loss of each team's own tickets; small groups are left out."""
    found = {}
    for column in ("language", TARGET):
        for name, part in pd.Series(losses, index=held_out[column].to_numpy()).groupby(level=0):
            if len(part) >= LEAST_ROWS:
                found[f"log_loss_{column}_{name}"] = float(part.mean())
    return found
