"""Prices of a district by SQL: the query runs over the training buildings' flats, and other flats look them up."""

import sqlite3
from contextlib import closing
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupShuffleSplit

FIGURES = """
SELECT f.flat,
       AVG(o.price / o.area) AS district_price, COUNT(o.price) AS district_flats,
       AVG(CASE WHEN o.kind = f.kind THEN o.price / o.area END) AS kind_price
FROM asked f
LEFT JOIN known o ON o.district = f.district AND o.building_id <> f.building_id
GROUP BY f.flat
ORDER BY f.flat
"""
COLUMNS = ["area", "rooms", "storey", "built", "to_centre", "energy", "district_price", "district_flats", "kind_price"]
KEYS = ["district", "kind", "building_id"]


def numbered(data):
    flats = data.copy()
    flats["energy"] = flats["energy"].map({letter: n for n, letter in enumerate("ABCDEFG")})
    flats["to_centre"] = flats["to_centre"].fillna(-1)
    return flats


def add_figures(flats, known):
    """Figures of other buildings of the district, among those that are known."""
    flats = flats.reset_index(drop=True)
    with closing(sqlite3.connect(":memory:")) as db:
        known[[*KEYS, "area", "price"]].to_sql("known", db, index=False)
        flats[KEYS].to_sql("asked", db, index_label="flat")
        db.execute("CREATE INDEX places ON known (district)")
        figures = pd.read_sql_query(FIGURES, db, index_col="flat").astype(float)
    figures["district_price"] = figures["district_price"].fillna((known["price"] / known["area"]).mean())
    figures["kind_price"] = figures["kind_price"].fillna(figures["district_price"])
    return flats.join(figures)


def model():
    return GradientBoostingRegressor(n_estimators=120, max_depth=4, subsample=0.7, random_state=3)


def evaluate(data):
    flats = numbered(data.drop_duplicates())
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=8)
    fit, test = next(splitter.split(flats, groups=flats["building_id"]))
    known = add_figures(flats.iloc[fit], flats.iloc[fit])
    asked = add_figures(flats.iloc[test], flats.iloc[fit])
    fitted = model().fit(known[COLUMNS], np.log(known["price"]))
    return {"r2": float(r2_score(asked["price"], np.exp(fitted.predict(asked[COLUMNS]))))}


def train(data, model_dir):
    flats = numbered(data.drop_duplicates())
    known = add_figures(flats, flats)
    joblib.dump((model().fit(known[COLUMNS], np.log(known["price"])), flats), Path(model_dir) / "flats.joblib")


def predict(data, model_dir):
    fitted, known = joblib.load(Path(model_dir) / "flats.joblib")
    return np.exp(fitted.predict(add_figures(numbered(data), known)[COLUMNS]))
