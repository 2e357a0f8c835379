"""What a van showed on its visits before, by SQL windows."""

import sqlite3
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score

BEFORE_EACH_VISIT = """
SELECT v.*,
       AVG(battery_v) OVER earlier AS battery_before,
       MIN(battery_v) OVER earlier AS battery_lowest,
       AVG(oil_ppm)   OVER earlier AS oil_before,
       SUM(warnings)  OVER earlier AS warnings_before,
       COUNT(*)       OVER earlier AS visits_before
FROM visits AS v
WINDOW earlier AS (PARTITION BY van_id ORDER BY visited_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
ORDER BY visited_on, van_id
"""
AT_THE_END = """
SELECT van_id, AVG(battery_v) AS battery_before, MIN(battery_v) AS battery_lowest, AVG(oil_ppm) AS oil_before,
       SUM(warnings) AS warnings_before, COUNT(*) AS visits_before
FROM visits GROUP BY van_id
"""
COLS = [
    "odometer_km",
    "battery_v",
    "oil_ppm",
    "brake_mm",
    "warnings",
    "rented_days",
    "battery_before",
    "battery_lowest",
    "oil_before",
    "warnings_before",
    "visits_before",
]


def ask(visits: pd.DataFrame, query: str) -> pd.DataFrame:
    with sqlite3.connect(":memory:") as db:
        visits.to_sql("visits", db, index=False)
        return pd.read_sql_query(query, db)


def one_row_a_visit(data):
    return data.drop_duplicates(subset=["van_id", "visited_on"], keep="first")


def forest(rows):
    rf = RandomForestClassifier(150, min_samples_leaf=10, max_features=0.4, random_state=11, n_jobs=1)
    return rf.fit(rows[COLS].astype(float).fillna(-1), rows["stranded"])


def evaluate(data):
    rows = ask(one_row_a_visit(data), BEFORE_EACH_VISIT)
    first_judged = "2024-08-01"
    model = forest(rows[rows["visited_on"] < "2024-07-01"])
    judged = rows[rows["visited_on"] >= first_judged]
    p = model.predict_proba(judged[COLS].astype(float).fillna(-1))[:, 1]
    return {"average_precision": float(average_precision_score(judged["stranded"], p)), "judged": float(len(judged))}


def train(data, model_dir):
    visits = one_row_a_visit(data)
    joblib.dump(forest(ask(visits, BEFORE_EACH_VISIT)), Path(model_dir) / "forest.joblib", compress=3)
    ask(visits, AT_THE_END).to_csv(Path(model_dir) / "vans.csv", index=False)


def predict(data, model_dir):
    known = pd.read_csv(Path(model_dir) / "vans.csv")
    rows = data.merge(known, on="van_id", how="left")
    return joblib.load(Path(model_dir) / "forest.joblib").predict_proba(rows[COLS].astype(float).fillna(-1))[:, 1]
