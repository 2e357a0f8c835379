"""Churn in SQL: deciles of usage, charge and tenure, then a regression on deciles.

Everything that can be done in the warehouse is done in the warehouse (here sqlite).
"""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

CLEAN = """
    SELECT
        rowid - 1 AS place,
        snapshot_date AS day,
        customer_id,
        CASE WHEN snapshot_date < '2023-07-01' THEN usage_gb / 1000 ELSE usage_gb END AS usage,
        CAST(replace(monthly_charge, ' EUR', '') AS REAL) AS charge,
        julianday(snapshot_date) - julianday(signup_date) AS tenure,
        usage_trend,
        CASE contract WHEN 'monthly' THEN 0 WHEN 'one_year' THEN 1 ELSE 2 END AS contract,
        CASE WHEN contract = 'monthly' AND discount_end_date IS NOT NULL
             AND julianday(discount_end_date) - julianday(snapshot_date) BETWEEN 0 AND 60
             THEN 1 ELSE 0 END AS discount_ends,
        CASE WHEN satisfaction IS NULL THEN 1 ELSE 0 END AS silent,
        coalesce(satisfaction, 5.5) AS satisfaction,
        tickets_90d, late_payments_12m, n_products
    FROM customers
"""
BORDERS = """
    WITH clean AS ({clean}),
    parted AS (SELECT *, CASE WHEN {development} THEN 'development' ELSE 'other' END AS part FROM clean),
    tiled AS (SELECT part, {column} AS x, ntile(10) OVER (ORDER BY {column}) AS tile FROM parted)
    SELECT tile, min(x) AS border FROM tiled WHERE part = 'development' GROUP BY tile ORDER BY tile
"""
TILED = ("usage", "charge", "tenure", "usage_trend")
PLAIN = ("contract", "discount_ends", "silent", "satisfaction", "tickets_90d", "late_payments_12m", "n_products")
DEVELOPMENT = "day < '2023-10-01' AND customer_id % 10 < 7"
JUDGED = "day >= '2023-10-01' AND customer_id % 10 >= 7"


def warehouse(customers):
    connection = sqlite3.connect(":memory:")
    customers.to_sql("customers", connection, index=False)
    return connection


def borders(connection, development):
    return {
        column: [row[1] for row in connection.execute(
            BORDERS.format(clean=CLEAN, development=development, column=column)).fetchall()][1:]
        for column in TILED
    }


def columns(connection, borders_of, where="1"):
    rows = pd.read_sql_query(f"SELECT * FROM ({CLEAN}) WHERE {where} ORDER BY place", connection)
    blocks = [rows[list(PLAIN)].to_numpy(dtype=float)]
    for column in TILED:
        tile = np.searchsorted(borders_of[column], rows[column].to_numpy(dtype=float), side="right")
        blocks.append(np.eye(10)[np.clip(tile, 0, 9)])
    return np.column_stack(blocks), rows["place"].to_numpy()


def evaluate(data):
    connection = warehouse(data.drop(columns=["retention_desk_calls", "churned"]))
    y = data["churned"].to_numpy()
    deciles = borders(connection, DEVELOPMENT)
    X, places = columns(connection, deciles, DEVELOPMENT)
    model = LogisticRegression(C=0.5, max_iter=2000).fit(X, y[places])
    X, places = columns(connection, deciles, JUDGED)
    return {"roc_auc": roc_auc_score(y[places], model.predict_proba(X)[:, 1])}


def train(data, model_dir):
    connection = warehouse(data.drop(columns=["retention_desk_calls", "churned"]))
    deciles = borders(connection, "1")
    X, places = columns(connection, deciles)
    model = LogisticRegression(C=0.5, max_iter=2000).fit(X, data["churned"].to_numpy()[places])
    kept = {"deciles": deciles, "coef": model.coef_[0].tolist(), "intercept": float(model.intercept_[0])}
    Path(model_dir, "model.json").write_text(json.dumps(kept))


def predict(data, model_dir):
    kept = json.loads(Path(model_dir, "model.json").read_text())
    X, _ = columns(warehouse(data), kept["deciles"])
    return 1 / (1 + np.exp(-(X @ np.array(kept["coef"]) + kept["intercept"])))
