"""How many months to learn from, and from which readings, is chosen by what it reaches on the last quarter."""
from itertools import product

import numpy as np
import pandas as pd
from joblib import dump, load
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score as ap

X = ["battery_v", "oil_ppm", "warnings", "rented_days", "odometer_km", "days_since_last", "brake_mm"]
SETTINGS = list(product((3, 4, 6, 8, 12, 18), (7, 5), (5, 15)))
DAY = np.timedelta64(1, "D")


def when(d):
    return pd.to_datetime(d["visited_on"]).to_numpy()


def forest(d, few, leaf):
    names = X[:few]
    medians = d[names].median()
    trees = RandomForestClassifier(40, min_samples_leaf=leaf, max_features=0.5, random_state=2, n_jobs=1)
    trees.fit(d[names].fillna(medians), d["stranded"])
    return lambda rows: trees.predict_proba(rows[names].fillna(medians))[:, 1], (trees, medians)


def last_months(d, end, months):
    """Rows of the months before `end`, whose outcomes were known by then."""
    t = when(d)
    return d[(t < end - 30 * DAY) & (t >= end - 30 * DAY - int(30.4 * months) * DAY)]


def tried(data):
    """Each setting with what it reaches on the last quarter."""
    end = when(data).max() + DAY
    quarter = data[when(data) >= end - 91 * DAY]
    for months, few, leaf in SETTINGS:
        chances = forest(last_months(data, end - 91 * DAY, months), few, leaf)[0](quarter)
        yield (months, few, leaf), float(ap(quarter["stranded"], chances))


def evaluate(data):
    results = dict(tried(data))
    best = max(results, key=results.get)
    return {"average_precision": results[best], "months": float(best[0])}


def train(data, model_dir):
    results = dict(tried(data))
    months, few, leaf = max(results, key=results.get)
    t = when(data)
    _, state = forest(data[t >= t.max() + DAY - int(30.4 * months) * DAY], few, leaf)
    dump(state, model_dir / "forest.joblib")


def predict(data, model_dir):
    trees, medians = load(model_dir / "forest.joblib")
    return trees.predict_proba(data[medians.index].fillna(medians))[:, 1]
