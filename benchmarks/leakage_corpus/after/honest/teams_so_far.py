"""Ticket routing: which teams answered tickets of a kind so far, kept in a small memory, and a logistic regression."""

from collections import Counter, defaultdict
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler


class Memory:
    """Teams by product and topic and by segment and channel, as tickets come in."""

    def __init__(self):
        self.teams = defaultdict(Counter)

    def learn(self, row):
        for key in self.keys(row):
            self.teams[key][row.team] += 1

    def tell(self, row):
        told = {}
        for number, key in enumerate(self.keys(row)):
            seen = sum(self.teams[key].values())
            for team, count in self.teams[key].items():
                told[f"{number} {team}"] = count / (seen + 5)
        return told

    @staticmethod
    def keys(row):
        return (row.product, row.topic), (row.segment, row.channel, row.topic)


def words(row):
    return {
        f"topic {row.topic}": 1.0,
        f"product {row.product}": 1.0,
        f"error {row.error_code}": 1.0,
        f"parcel {row.parcel_state}": 1.0,
        "length": 0 if pd.isna(row.length) else row.length,
        "photos": row.photos,
        "tone": 0.0 if pd.isna(row.tone) else row.tone,
        "open": row.open_tickets,
    }


def replayed(tickets):
    """Features of each ticket, in the order of the days, and the memory afterwards."""
    memory, features = Memory(), []
    for row in tickets.itertuples(index=False):
        features.append(words(row) | memory.tell(row))
        memory.learn(row)
    return features, memory


def line():
    return make_pipeline(DictVectorizer(), MaxAbsScaler(), LogisticRegression(C=3, max_iter=300))


def ordered(data):
    return data.drop_duplicates().sort_values(["opened_on", "hour"], kind="stable").reset_index(drop=True)


def evaluate(data):
    tickets = ordered(data)
    features, _ = replayed(tickets)
    cut = tickets["opened_on"].iloc[int(0.8 * len(tickets))]
    late = (tickets["opened_on"] >= cut).to_numpy()
    early = ~late & ~tickets["customer_id"].isin(tickets.loc[late, "customer_id"]).to_numpy()
    x = np.array(features, dtype=object)
    model = line().fit(list(x[early]), tickets.loc[early, "team"])
    return {"log_loss": float(log_loss(tickets.loc[late, "team"], model.predict_proba(list(x[late]))))}


def train(data, model_dir):
    tickets = ordered(data)
    features, memory = replayed(tickets)
    joblib.dump((line().fit(features, tickets["team"]), dict(memory.teams)), Path(model_dir) / "memory.joblib")


def predict(data, model_dir):
    model, teams = joblib.load(Path(model_dir) / "memory.joblib")
    memory = Memory()
    memory.teams.update(teams)
    rows = pd.DataFrame(data).itertuples(index=False)
    return model.predict_proba([words(row) | memory.tell(row) for row in rows])
