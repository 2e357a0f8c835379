#!/bin/sh
# On feature-engine's circle, Sunday is Monday and 23:00 is midnight.
# Versions: feature-engine 1.9.4, scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6.
# Expected: seven weekdays become seven points on a circle, 24 hours become 24, and the last lies beside the first.
# Seen: the period is the largest value in the training rows. Counted from 0, as pandas counts weekdays and hours, the last
# falls on the first: six points, and 23. A model of any kind then gives both days one answer, though they differ most.
# With rows from Monday to Friday, Friday is Monday, and Saturday lies where Tuesday does.
# Known: feature-engine #765 (2024), closed; the documentation gives the formula. `max_values={"weekday": 7}` is right.
# What it means: the feature made for the turn of the week loses a day of it. Nothing warns.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check feature-engine==1.9.4 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd
from feature_engine.creation import CyclicalFeatures
from sklearn.tree import DecisionTreeRegressor

times = pd.date_range("2026-01-05", periods=24 * 7 * 20, freq="h")
table = pd.DataFrame({"weekday": times.day_of_week, "hour": times.hour})
visits = np.where(table["weekday"] == 6, 10.0, 50.0)  # closed on Sundays


def points(made, name, by):
    return len(made[[f"{name}_sin", f"{name}_cos"]].round(6).add(0.0).groupby(by).first().drop_duplicates())


with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    made = CyclicalFeatures().fit_transform(table)
told = [warning for warning in told if "feature_engine" in str(warning.filename)]
right = CyclicalFeatures(max_values={"weekday": 7, "hour": 24}).fit_transform(table)
for name, by_default, expected in (("weekday", 6, 7), ("hour", 23, 24)):
    seen = points(made, name, table[name]), points(right, name, table[name])
    print(f"{name}: {seen[0]} points by default, {seen[1]} with the period given")
    assert seen == (by_default, expected)
for way, frame in (("default", made), ("period given", right)):
    circle = frame[["weekday_sin", "weekday_cos"]].round(6)
    answers = DecisionTreeRegressor(random_state=0).fit(circle, visits).predict(circle)
    monday, sunday = (answers[table["weekday"] == day].mean() for day in (0, 6))
    print(f"{way}: a tree expects {monday:.0f} visits on Mondays, {sunday:.0f} on Sundays")
    assert (abs(monday - sunday) < 1e-9) == (way == "default")
working = CyclicalFeatures().fit(table[table["weekday"] < 5])
week = working.transform(pd.DataFrame({"weekday": range(7), "hour": 0})).round(6)
assert np.allclose(week.loc[4, ["weekday_sin", "weekday_cos"]].astype(float), [0, 1], atol=1e-5)
assert not told
PYTHON
