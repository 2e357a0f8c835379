"""Vans: the record of each depot and make, counted by an SQL window that ends sixty days before the visit."""

import sqlite3
from contextlib import closing
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score

RECORD = """
SELECT visit,
       SUM(stranded) OVER van AS van_breakdowns,
       COUNT(*) OVER van AS van_visits,
       AVG(1.0 * stranded) OVER place AS place_rate
FROM visits
WINDOW van AS (PARTITION BY van_id ORDER BY day RANGE BETWEEN UNBOUNDED PRECEDING AND 60 PRECEDING),
       place AS (PARTITION BY depot, make ORDER BY day RANGE BETWEEN 400 PRECEDING AND 60 PRECEDING)
ORDER BY visit
"""
METERS = ["odometer_km", "days_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]
RECORDS = ["van_breakdowns", "van_visits", "place_rate"]


def tidy(data):
    visits = data.drop_duplicates(["van_id", "visited_on"]).copy()
    visits["depot"] = visits["depot"].str.strip().str.title()
    visits["day"] = (pd.to_datetime(visits["visited_on"]) - pd.Timestamp("2023-01-01")).dt.days
    return visits.sort_values("visited_on").reset_index(drop=True)


def with_record(visits):
    with closing(sqlite3.connect(":memory:")) as db:
        visits[["van_id", "day", "depot", "make", "stranded"]].to_sql("visits", db, index_label="visit")
        return visits.join(pd.read_sql_query(RECORD, db, index_col="visit"))


def forest():
    return RandomForestClassifier(120, min_samples_leaf=6, n_jobs=1, random_state=3)


def evaluate(data):
    visits = with_record(tidy(data))
    known, judged = visits[visits["visited_on"] < "2024-06-01"], visits[visits["visited_on"] >= "2024-07-01"]
    model = forest().fit(known[METERS + RECORDS].fillna(-1), known["stranded"])
    chance = model.predict_proba(judged[METERS + RECORDS].fillna(-1))[:, 1]
    return {"average_precision": float(average_precision_score(judged["stranded"], chance))}


def train(data, model_dir):
    visits = with_record(tidy(data))
    model = forest().fit(visits[METERS + RECORDS].fillna(-1), visits["stranded"])
    of_van = visits.groupby("van_id")[RECORDS[:2]].last()
    of_place = visits.groupby(["depot", "make"])["place_rate"].last()
    joblib.dump((model, of_van, of_place), Path(model_dir) / "vans.joblib")


def predict(data, model_dir):
    model, of_van, of_place = joblib.load(Path(model_dir) / "vans.joblib")
    visits = data.assign(depot=data["depot"].str.strip().str.title())
    visits = visits.join(of_van, on="van_id").join(of_place, on=["depot", "make"])
    return model.predict_proba(visits[METERS + RECORDS].fillna(-1))[:, 1]
