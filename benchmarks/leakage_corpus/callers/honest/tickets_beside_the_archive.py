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


class Archive:
    """Tickets with their teams. `shares` gives those of the nearest ones, and a little of all."""

    def __init__(self, tickets):
        self.teams = tickets["team"].map(TEAMS.index).to_numpy()
        table = described(tickets)
        self.columns, self.middle = list(table.columns), table.median()
        filled = self.filled(table)
        self.scaler = StandardScaler().fit(filled)
        self.index = NearestNeighbors(n_neighbors=NEAREST).fit(self.scaler.transform(filled))

    def filled(self, table):
        return table.reindex(columns=self.columns).fillna(self.middle).to_numpy()

    def shares(self, tickets):
        near = self.index.kneighbors(self.scaler.transform(self.filled(described(tickets))), return_distance=False)
        counts = np.stack([(self.teams[near] == number).sum(axis=1) for number in range(len(TEAMS))], axis=1)
        return (counts + 0.5) / (NEAREST + 0.5 * len(TEAMS))


def evaluate(data):
    tickets = data.drop_duplicates().reset_index(drop=True)
    held = tickets["customer_id"] % 5 == 0
    late = tickets["opened_on"] >= "2024-01-15"
    archive, judged = tickets[~held & ~late], tickets[held & late]
    return {"log_loss": log_loss(judged["team"], Archive(archive).shares(judged), labels=TEAMS)}


def train(data, model_dir):
    data.drop_duplicates().to_parquet(Path(model_dir) / "archive.parquet")


def predict(data, model_dir):
    return Archive(pd.read_parquet(Path(model_dir) / "archive.parquet")).shares(data)
