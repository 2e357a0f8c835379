"""What earlier tickets about a product came to: rolling shares of teams over the tickets before, then a boosting."""

from pathlib import Path

import joblib
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import log_loss

TEXTS = ["channel", "language", "segment", "product", "topic", "error_code", "parcel_state"]
NUMBERS = ["hour", "days_since_order", "days_since_invoice", "length", "photos", "open_tickets", "tone"]
CUT = 0.8


def in_order(data):
    return data.drop_duplicates().sort_values(["opened_on", "hour"], kind="stable").reset_index(drop=True)


def recent_shares(tickets, teams):
    """The share of each team among the last twelve tickets of the same product and topic, without the ticket itself."""
    dummies = pd.get_dummies(tickets["team"]).reindex(columns=teams).astype(float)
    keys = [tickets["product"], tickets["topic"]]
    before = dummies.groupby(keys).shift(1)
    rolled = before.groupby(keys).rolling(12, min_periods=1).mean()
    return rolled.droplevel([0, 1]).sort_index().add_prefix("recent_")


def latest(tickets, teams):
    dummies = pd.get_dummies(tickets["team"]).reindex(columns=teams).astype(float).add_prefix("recent_")
    return dummies.groupby([tickets["product"], tickets["topic"]]).apply(lambda rows: rows.tail(12).mean())


def columns(rows):
    out = rows[NUMBERS + sorted(c for c in rows.columns if c.startswith("recent_"))].astype(float)
    for name in TEXTS:
        out[name] = rows[name].fillna("none").str.lower().map(lambda word: sum(map(ord, word)) % 97)
    return out


def booster():
    return lgb.LGBMClassifier(n_estimators=120, learning_rate=0.06, num_leaves=15, verbose=-1, n_jobs=1, random_state=5)


def evaluate(data):
    tickets = in_order(data)
    teams = sorted(tickets["team"].unique())
    cut = tickets["opened_on"].iloc[int(CUT * len(tickets))]
    test = tickets[tickets["opened_on"] >= cut]
    known = tickets[(tickets["opened_on"] < cut) & ~tickets["customer_id"].isin(test["customer_id"])]
    known = known.reset_index(drop=True)
    rows = known.join(recent_shares(known, teams))
    test = test.join(latest(known, teams), on=["product", "topic"])
    model = booster().fit(columns(rows), rows["team"])
    return {"log_loss": float(log_loss(test["team"], model.predict_proba(columns(test)), labels=model.classes_))}


def train(data, model_dir):
    tickets = in_order(data)
    teams = sorted(tickets["team"].unique())
    model = booster().fit(columns(tickets.join(recent_shares(tickets, teams))), tickets["team"])
    joblib.dump((model, latest(tickets, teams)), Path(model_dir) / "tickets.joblib")


def predict(data, model_dir):
    model, shares = joblib.load(Path(model_dir) / "tickets.joblib")
    return model.predict_proba(columns(data.join(shares, on=["product", "topic"])))
