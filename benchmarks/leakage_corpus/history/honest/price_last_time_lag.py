"""Prices, promotions and opening: is this price above the one of the last time we saw the article in the store?"""

import sqlite3
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

LAGGED = """
SELECT id,
       LAG(price_eur)   OVER w AS price_last,
       LAG(discount)    OVER w AS discount_last,
       LAG(shelf_units) OVER w AS shelf_last,
       LAG(date)        OVER w AS seen_last
FROM shelf WINDOW w AS (PARTITION BY store_id, article ORDER BY date, id)
"""
LATEST = """
SELECT store_id, article, price_eur AS price_last, discount AS discount_last, shelf_units AS shelf_last, date AS seen_last
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY store_id, article ORDER BY date DESC, id DESC) AS age FROM shelf)
WHERE age = 1
"""
TEXT = ["format", "area", "region", "category"]
NUMBERS = [
    "price_eur",
    "discount",
    "in_leaflet",
    "size_m2",
    "purchasing_power",
    "price_step",
    "days_since",
    "shelf_last",
    "month",
    "dow",
]


def run(table: pd.DataFrame, sql: str) -> pd.DataFrame:
    db = sqlite3.connect(":memory:")
    try:
        wanted = table[["store_id", "article", "date", "price_eur", "discount", "shelf_units"]]
        wanted.assign(id=np.arange(len(table))).to_sql("shelf", db, index=False)
        return pd.read_sql(sql, db)
    finally:
        db.close()


def clean(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop_duplicates(["store_id", "article", "date"]).reset_index(drop=True)


def model_input(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["date"])
    packs = pd.to_datetime(rows["seen_last"]) < "2023-12-01"  # the old plan counted packs of six
    return rows.assign(
        price_step=rows["price_eur"] / rows["price_last"].astype(float) - 1,
        days_since=(day - pd.to_datetime(rows["seen_last"])).dt.days,
        shelf_last=rows["shelf_last"].astype(float) * np.where(packs, 6, 1),
        month=day.dt.month,
        dow=day.dt.dayofweek,
    )[TEXT + NUMBERS]


def history(rows: pd.DataFrame) -> pd.DataFrame:
    lags = run(rows, LAGGED).set_index("id").sort_index()
    return pd.concat([rows.reset_index(drop=True), lags], axis=1)


def build():
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    trees = HistGradientBoostingRegressor(loss="absolute_error", max_iter=150, random_state=4)
    return make_pipeline(make_column_transformer((codes, TEXT), remainder="passthrough"), trees)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = history(clean(data))
    just_opened = rows["store_id"] % 5 < 2  # two rows in five will be of stores without a past
    rows.loc[just_opened, ["price_last", "discount_last", "shelf_last", "seen_last"]] = None
    train_rows = rows[(rows["date"] < "2024-01-01") & ~just_opened]
    test_rows = rows[rows["date"] >= "2024-01-01"]
    pipe = build().fit(model_input(train_rows), train_rows["units"])
    return {"mae": float(mean_absolute_error(test_rows["units"], pipe.predict(model_input(test_rows))))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = clean(data)
    pipe = build().fit(model_input(history(rows)), rows["units"])
    joblib.dump({"pipe": pipe, "latest": run(rows, LATEST)}, Path(model_dir) / "m.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    bundle = joblib.load(Path(model_dir) / "m.joblib")
    rows = data.merge(bundle["latest"], on=["store_id", "article"], how="left")
    return bundle["pipe"].predict(model_input(rows))
