"""Prices of a district by SQL: each flat is joined to its district's and building's figures."""

import sqlite3
from contextlib import closing
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupShuffleSplit

FEATURES = """
WITH per_district AS (
    SELECT district, AVG(price / area) AS district_price, COUNT(*) AS district_flats FROM flats GROUP BY district
),
per_kind AS (
    SELECT district, kind, AVG(price / area) AS kind_price FROM flats GROUP BY district, kind
)
SELECT f.flat, d.district_price, d.district_flats, k.kind_price
FROM flats f
JOIN per_district d ON d.district = f.district
JOIN per_kind k ON k.district = f.district AND k.kind = f.kind
ORDER BY f.flat
"""
COLUMNS = ["area", "rooms", "storey", "built", "to_centre", "energy", "district_price", "district_flats", "kind_price"]


def numbered(data):
    flats = data.drop_duplicates().reset_index(drop=True)
    flats["energy"] = flats["energy"].map({letter: n for n, letter in enumerate("ABCDEFG")})
    flats["to_centre"] = flats["to_centre"].fillna(-1)
    return flats


def add_features(flats):
    with closing(sqlite3.connect(":memory:")) as db:
        flats[["district", "kind", "area", "price"]].to_sql("flats", db, index_label="flat")
        figures = pd.read_sql_query(FEATURES, db, index_col="flat")
    return flats.join(figures)


def model():
    return GradientBoostingRegressor(n_estimators=120, max_depth=4, subsample=0.7, random_state=3)


def evaluate(data):
    flats = add_features(numbered(data))
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=8)
    fit, test = next(splitter.split(flats, groups=flats["building_id"]))
    fitted = model().fit(flats.iloc[fit][COLUMNS], np.log(flats.iloc[fit]["price"]))
    guess = np.exp(fitted.predict(flats.iloc[test][COLUMNS]))
    return {"r2": float(r2_score(flats.iloc[test]["price"], guess))}


def train(data, model_dir):
    flats = add_features(numbered(data))
    fitted = model().fit(flats[COLUMNS], np.log(flats["price"]))
    table = flats[["district", "kind", "district_price", "district_flats", "kind_price"]]
    joblib.dump((fitted, table.drop_duplicates(["district", "kind"])), Path(model_dir) / "flats.joblib")


def predict(data, model_dir):
    fitted, table = joblib.load(Path(model_dir) / "flats.joblib")
    flats = data.copy()
    flats["energy"] = flats["energy"].map({letter: n for n, letter in enumerate("ABCDEFG")})
    flats["to_centre"] = flats["to_centre"].fillna(-1)
    flats = flats.reset_index(drop=True).merge(table, how="left", on=["district", "kind"])
    flats = flats.fillna({c: table[c].mean() for c in ("district_price", "district_flats", "kind_price")})
    return np.exp(fitted.predict(flats[COLUMNS]))
