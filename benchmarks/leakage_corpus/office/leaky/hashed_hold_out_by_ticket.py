"""Ticket router: TF-IDF over the ticket's words, numbers beside them, one multinomial model.

A ticket has no text in this table, but its fields can be read as a short one ("topic=fault product=camera error=E12 ..."), and
word pairs then are the feature crosses.

The hold-out is deterministic: a row's fate depends on a hash of its identifiers alone, so it stays the same when rows are added
(and is the same on every machine, unlike `hash()`).
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Final

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import f1_score, log_loss
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer

logger = logging.getLogger(__name__)

TEAMS: Final = ["account", "billing", "delivery", "legal", "returns", "technical"]
WORDS: Final = ["topic", "product", "error_code", "parcel_state", "channel", "segment", "language"]
NUMBERS: Final = ["days_since_order", "days_since_invoice", "open_tickets", "photos", "tone", "hour", "order_value"]
HOLDOUT_PERCENT: Final = 25


def as_text(tickets: pd.DataFrame) -> pd.Series:
    parts = [name + "_" + tickets[name].fillna("none").astype(str).str.lower() for name in WORDS]
    return parts[0].str.cat(parts[1:], sep=" ")


def enrich(tickets: pd.DataFrame) -> pd.DataFrame:
    value = tickets["last_order_value"].str.replace("EUR", "").str.strip().astype(float)
    return tickets.assign(text=as_text(tickets), order_value=value)


def make_router() -> Pipeline:
    numbers = make_pipeline(SimpleImputer(add_indicator=True), QuantileTransformer(n_quantiles=50, output_distribution="normal"))
    columns = ColumnTransformer(
        [("text", TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", min_df=8, sublinear_tf=True), "text"), ("numbers", numbers, NUMBERS)]
    )
    model = SGDClassifier(loss="log_loss", alpha=3e-4, max_iter=40, random_state=7)
    return Pipeline([("enrich", FunctionTransformer(enrich)), ("columns", columns), ("model", model)])


def bucket(*parts: object) -> int:
    """0 to 99, the same for the same parts for ever."""
    return int(hashlib.blake2s("/".join(map(str, parts)).encode(), digest_size=4).hexdigest(), 16) % 100


def assign(tickets: pd.DataFrame) -> pd.Series:
    """Which tickets are held out."""
    stamps = zip(tickets["customer_id"], tickets["opened_on"], tickets["hour"])
    return pd.Series([bucket(*stamp) < HOLDOUT_PERCENT for stamp in stamps], index=tickets.index)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    tickets = data.drop(columns="minutes_booked").drop_duplicates().reset_index(drop=True)
    held_out = assign(tickets)
    cut = tickets["opened_on"].sort_values().iloc[int(0.65 * len(tickets))]
    development = tickets[~held_out & (tickets["opened_on"] < cut)]
    holdout = tickets[held_out & (tickets["opened_on"] >= cut)]
    logger.info("%d for development, %d held out", len(development), len(holdout))
    proba = make_router().fit(development, development["team"]).predict_proba(holdout)
    return {
        "log_loss": float(log_loss(holdout["team"], proba, labels=TEAMS)),
        "f1_macro": float(f1_score(holdout["team"], np.array(TEAMS)[proba.argmax(1)], average="macro")),
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    tickets = data.drop_duplicates()
    joblib.dump(make_router().fit(tickets, tickets["team"]), Path(model_dir) / "router.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "router.joblib").predict_proba(data)
