"""How many months to learn from is chosen on one quarter, and what that reaches is told of the quarter after it."""
import numpy as np
import pandas as pd
from joblib import dump, load
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score as ap

X = ["battery_v", "oil_ppm", "warnings", "rented_days", "odometer_km", "days_since_last", "brake_mm"]
MONTHS = (4, 8, 12, 18)
DAY = np.timedelta64(1, "D")


def when(d):
    return pd.to_datetime(d["visited_on"]).to_numpy()


def forest(d):
    medians = d[X].median()
    trees = RandomForestClassifier(120, min_samples_leaf=15, max_features=0.5, random_state=2, n_jobs=1)
    trees.fit(d[X].fillna(medians), d["stranded"])
    return lambda rows: trees.predict_proba(rows[X].fillna(medians))[:, 1], (trees, medians)


def last_months(d, end, months):
    """Rows of the months before `end`, whose outcomes were known by then."""
    t = when(d)
    return d[(t < end - 30 * DAY) & (t >= end - 30 * DAY - int(30.4 * months) * DAY)]


def between(d, a, b):
    t = when(d)
    return d[(t >= a) & (t < b)]


def best_window(d, a, b):
    """The window that does best on the rows from a to b."""
    asked = between(d, a, b)
    return max(MONTHS, key=lambda m: ap(asked["stranded"], forest(last_months(d, a, m))[0](asked)))


def evaluate(data):
    end = when(data).max() + DAY
    judged_from = end - 91 * DAY
    months = best_window(data, judged_from - 121 * DAY, judged_from - 30 * DAY)
    judged = between(data, judged_from, end)
    chances = forest(last_months(data, judged_from, months))[0](judged)
    return {"average_precision": float(ap(judged["stranded"], chances)), "months": float(months)}


def train(data, model_dir):
    end = when(data).max() + DAY
    months = best_window(data, end - 91 * DAY, end)
    t = when(data)
    _, state = forest(data[t >= end - int(30.4 * months) * DAY])
    dump(state, model_dir / "forest.joblib")


def predict(data, model_dir):
    trees, medians = load(model_dir / "forest.joblib")
    return trees.predict_proba(data[X].fillna(medians))[:, 1]
