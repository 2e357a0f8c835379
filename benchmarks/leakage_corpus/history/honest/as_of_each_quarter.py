# Breakdown rates of makes and depots as of the first day of a quarter. A breakdown counts once thirty days are over.
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

FEATURES = [
    "odometer_km",
    "days_since_last",
    "battery_v",
    "oil_ppm",
    "brake_mm",
    "warnings",
    "rented_days",
    "make_rate",
    "depot_rate",
]
ALPHA = 40
BASE = 0.09


def prepare(data):
    d = data.copy()
    d["visited_on"] = pd.to_datetime(d["visited_on"])
    d["depot"] = d["depot"].str.strip().str.title()
    return d


def rates_as_of(log, cut):
    """Rates from the visits whose thirty days were over on `cut`."""
    over = log[log["visited_on"] + pd.Timedelta(days=30) <= cut]
    tables = {}
    for by in ("make", "depot"):
        g = over.groupby(by)["stranded"]
        tables[by] = ((g.sum() + ALPHA * BASE) / (g.count() + ALPHA)).to_dict()
    return tables


def with_tables(rows, tables):
    return rows.assign(
        make_rate=rows["make"].map(tables["make"]).astype(float).fillna(BASE),
        depot_rate=rows["depot"].map(tables["depot"]).astype(float).fillna(BASE),
    )


def snapshots(rows, log):
    """Go through the quarters; the visits of a quarter see the log as it was on its first day."""
    done = []
    cuts = pd.date_range(rows["visited_on"].min().to_period("Q").start_time, rows["visited_on"].max(), freq="QS")
    for cut in cuts:
        inside = rows[
            (rows["visited_on"] >= cut) & (rows["visited_on"] < cut + pd.offsets.QuarterBegin(startingMonth=1))
        ]
        if len(inside):
            done.append(with_tables(inside, rates_as_of(log, cut)))
    return pd.concat(done)


def hgb(rows):
    clf = HistGradientBoostingClassifier(
        max_iter=80, learning_rate=0.06, max_leaf_nodes=10, l2_regularization=5, random_state=0
    )
    return clf.fit(rows[FEATURES], rows["stranded"])


def evaluate(data):
    d = prepare(data).drop_duplicates(["van_id", "visited_on"])
    number = d["van_id"].str[1:].astype(int)
    cut = pd.Timestamp("2024-04-01")
    ours = d[(number % 3 > 0) & (d["visited_on"] < cut - pd.Timedelta(days=30))]
    others = d[(number % 3 == 0) & (d["visited_on"] >= cut)]
    clf = hgb(snapshots(ours, ours))
    judged = with_tables(others, rates_as_of(ours, cut))
    return {
        "average_precision": float(
            average_precision_score(judged["stranded"], clf.predict_proba(judged[FEATURES])[:, 1])
        )
    }


def train(data, model_dir):
    d = prepare(data).drop_duplicates(["van_id", "visited_on"])
    tables = rates_as_of(d, d["visited_on"].max() + np.timedelta64(31, "D"))
    Path(model_dir, "clf.pkl").write_bytes(pickle.dumps((hgb(snapshots(d, d)), tables)))


def predict(data, model_dir):
    clf, tables = pickle.loads(Path(model_dir, "clf.pkl").read_bytes())
    return clf.predict_proba(with_tables(prepare(data), tables)[FEATURES])[:, 1]
