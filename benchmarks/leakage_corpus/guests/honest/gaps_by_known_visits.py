"""Breakdowns of our own fleet.  Features come from one query; visits of all days are in one table of the database."""

import sqlite3
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score

COLUMNS = [
    "van_id",
    "visited_on",
    "make",
    "odometer_km",
    "days_since_last",
    "battery_v",
    "oil_ppm",
    "brake_mm",
    "warnings",
    "rented_days",
    "lease_value",
]

FEATURES = """
WITH known AS (
    SELECT *,
           CASE WHEN visited_on < :today THEN oil_ppm END AS oil_known,
           CASE WHEN visited_on < :today THEN battery_v END AS battery_known
    FROM visits
)
SELECT line,
       odometer_km, warnings, rented_days, brake_mm, lease_value,
       coalesce(days_since_last, 400) AS days_since_last,
       oil_ppm IS NULL AS oil_missing,
       battery_v IS NULL AS battery_missing,
       coalesce(oil_ppm, avg(oil_known) OVER before, 20) AS oil_ppm,
       coalesce(battery_v, avg(battery_known) OVER before, 12.4) AS battery_v,
       CASE make WHEN 'Aro' THEN 0 WHEN 'Belt' THEN 1 WHEN 'Corda' THEN 2
                 WHEN 'Dane' THEN 3 WHEN 'Ekto' THEN 4 ELSE 5 END AS make
FROM known
WINDOW before AS (PARTITION BY van_id ORDER BY visited_on GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
ORDER BY line
"""


def features(visits: pd.DataFrame, today: str) -> pd.DataFrame:
    """One row of features for each visit, in the order of the frame; readings from `today` on fill nobody's gaps."""
    with sqlite3.connect(":memory:") as base:
        visits[COLUMNS].assign(line=np.arange(len(visits))).to_sql("visits", base, index=False)
        table = pd.read_sql_query(FEATURES, base, params={"today": today})
    return table.drop(columns="line").astype(float)


def forest(x: pd.DataFrame, y: pd.Series) -> RandomForestClassifier:
    return RandomForestClassifier(200, min_samples_leaf=8, max_features=0.4, random_state=4, n_jobs=1).fit(x, y)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    visits = data.drop_duplicates(["van_id", "visited_on"]).sort_values("visited_on", kind="stable")
    today = visits["visited_on"].iloc[int(0.75 * len(visits))]
    x = features(visits, today)
    old = (visits["visited_on"] < today).to_numpy()
    model = forest(x[old], visits["stranded"][old])
    return {"average_precision": average_precision_score(visits["stranded"][~old], model.predict_proba(x[~old])[:, 1])}


def train(data: pd.DataFrame, model_dir: str) -> None:
    visits = data.drop_duplicates(["van_id", "visited_on"]).sort_values("visited_on", kind="stable")
    model = forest(features(visits, "9999-12-31"), visits["stranded"])
    joblib.dump((model, visits[COLUMNS]), Path(model_dir) / "forest.joblib")


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    model, history = joblib.load(Path(model_dir) / "forest.joblib")
    today = max(history["visited_on"]) + "+"  # sorts after the last day that is on record
    x = features(pd.concat([history, data[COLUMNS]], ignore_index=True), today)
    return model.predict_proba(x.iloc[len(history) :])[:, 1]
