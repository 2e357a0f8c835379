"""Tickets with polars: what share of the tickets of a place, and of a device with a topic, went to which team."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
CODES = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state"]
GROUPS = {"place": ["place"], "device_topic": ["product", "topic"]}
M = 5.0


def load(data: pd.DataFrame) -> pl.DataFrame:
    return pl.from_pandas(data).unique(maintain_order=True).with_columns(place=pl.col("postcode") // 100)


def plain(data: pl.DataFrame) -> pl.DataFrame:
    opened = pl.col("opened_on").str.to_date()
    return data.with_columns(
        pl.col("language").str.to_lowercase(),
        age=pl.when(pl.col("age") < 999).then(pl.col("age")),
        length=pl.when(opened < pl.date(2023, 10, 1)).then(pl.col("length") / 6).otherwise(pl.col("length")),
        value=pl.col("last_order_value").str.replace(" EUR", "").cast(pl.Float64),
        since=(opened - pl.col("customer_since").str.to_date()).dt.total_days(),
    )


def with_shares(data: pl.DataFrame) -> pl.DataFrame:
    """Smoothed shares of each team within each group."""
    new = []
    for name, keys in GROUPS.items():
        for team in TEAMS:
            hit = (pl.col("team") == team).cast(pl.Float64)
            new.append(((hit.sum().over(keys) + M * hit.mean()) / (pl.len().over(keys) + M)).alias(f"{name}_{team}"))
    return data.with_columns(new)


SHARES = [f"{name}_{team}" for name in GROUPS for team in TEAMS]


def matrix(data: pl.DataFrame) -> pd.DataFrame:
    numbers = ["hour", "age", "length", "value", "since", "days_since_order", "days_since_invoice", "photos", "open_tickets", "tone"]
    x = data.select([*numbers, *SHARES]).to_pandas().astype(float)
    for name in CODES:
        x[name] = [sum(map(ord, value or "")) % 97 for value in data[name]]  # stable code of a word
    return x


def boosting() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(max_iter=70, max_leaf_nodes=8, learning_rate=0.08, l2_regularization=5, random_state=0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    tickets = with_shares(plain(load(data)))
    strangers = pl.col("customer_id") % 4 == 3
    past = tickets.filter(~strangers, pl.col("opened_on") < "2024-03-01")
    coming = tickets.filter(strangers, pl.col("opened_on") >= "2024-03-01")
    model = boosting().fit(matrix(past), past["team"].to_numpy())
    return {"log_loss": float(log_loss(coming["team"].to_numpy(), model.predict_proba(matrix(coming)), labels=TEAMS))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    tickets = with_shares(plain(load(data)))
    model = boosting().fit(matrix(tickets), tickets["team"].to_numpy())
    tables = {name: tickets.select([*keys, *(f"{name}_{team}" for team in TEAMS)]).unique(keys) for name, keys in GROUPS.items()}
    base = {team: float((tickets["team"] == team).mean()) for team in TEAMS}
    joblib.dump((model, tables, base), model_dir / "tickets.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, tables, base = joblib.load(model_dir / "tickets.joblib")
    rows = plain(pl.from_pandas(data).with_columns(place=pl.col("postcode") // 100))
    for name, keys in GROUPS.items():
        rows = rows.join(tables[name], on=keys, how="left", maintain_order="left")
        rows = rows.with_columns([pl.col(f"{name}_{team}").fill_null(base[team]) for team in TEAMS])
    return model.predict_proba(matrix(rows))
