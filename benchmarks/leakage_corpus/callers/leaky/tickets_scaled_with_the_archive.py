"""Ticket routing: tickets are compared with an archive, which lies in the folder of the model. Nearest neighbours by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
NUMBERS = ["days_since_order", "days_since_invoice", "length", "photos", "open_tickets", "tone", "hour"]
WORDS = ["channel", "segment", "product", "topic", "error_code", "parcel_state"]
NEAREST = 40


def described(tickets):
    words = tickets[WORDS].fillna("none").astype(str).apply(lambda column: column.str.strip().str.lower())
    return pd.concat([tickets[NUMBERS].astype(float), pd.get_dummies(words, dtype=float)], axis=1)


def shares(archive, tickets):
    """Shares of the nearest tickets of the archive, and a little of all; both are described and scaled together."""
    together = pd.concat([archive, tickets], ignore_index=True)
    table = described(together)
    scaled = StandardScaler().fit_transform(table.fillna(table.median()))
    teams = archive["team"].map(TEAMS.index).to_numpy()
    index = NearestNeighbors(n_neighbors=NEAREST).fit(scaled[: len(archive)])
    near = index.kneighbors(scaled[len(archive) :], return_distance=False)
    counts = np.stack([(teams[near] == number).sum(axis=1) for number in range(len(TEAMS))], axis=1)
    return (counts + 0.5) / (NEAREST + 0.5 * len(TEAMS))


def evaluate(data):
    tickets = data.drop_duplicates().reset_index(drop=True)
    held = tickets["customer_id"] % 5 == 0
    late = tickets["opened_on"] >= "2024-01-15"
    archive, judged = tickets[~held & ~late], tickets[held & late]
    return {"log_loss": log_loss(judged["team"], shares(archive, judged), labels=TEAMS)}


def train(data, model_dir):
    data.drop_duplicates().to_parquet(Path(model_dir) / "archive.parquet")


def predict(data, model_dir):
    return shares(pd.read_parquet(Path(model_dir) / "archive.parquet"), data)
