#!/bin/sh
# Folds of mlxtend's GroupTimeSeriesSplit depend on the table that the splitter saw before.
# Versions: mlxtend 0.25.0, scikit-learn 1.9.1, numpy 2.4.6 (it needs pandas and scipy, here 3.1.1 and 1.17.1).
# Expected: a splitter is a description; one may serve all shops of a loop, as scikit-learn's TimeSeriesSplit does.
# Seen: the first call of `split` fills in what was left open, `train_size` or `n_splits`, and keeps it for all others.
# After a shop of 24 weeks, a shop of 104 weeks is trained on its last 12 to 20 weeks instead of 92 to 100, though the window
# is "expanding"; with `train_size` given it gets 3 folds instead of 23. No warning is given, and the folds look sound: the
# mean absolute error of a model of the yearly season is 3.7 instead of 2.9. The other way round the short shop is refused.
# Known: no issue upstream was seen; the documentation splits one table for each splitter.
# What it means: figures by shop change with the order of the loop. Make a new splitter for each table.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    mlxtend==0.25.0 scikit-learn==1.9.1 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 MPLBACKEND=agg MPLCONFIGDIR=$folder venv/bin/python - <<'PYTHON'
import numpy as np
from mlxtend.evaluate import GroupTimeSeriesSplit
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_score

rng = np.random.default_rng(0)


def shop(weeks):
    """A row for each day: the season of the year, its sales, and the week."""
    week = np.repeat(np.arange(weeks), 7)
    angle = 2 * np.pi * week / 52
    season = np.column_stack([np.sin(angle), np.cos(angle)])
    return season, 100 + season @ [20, 30] + rng.normal(0, 5, len(week)), week


short, long = shop(24), shop(104)


def weeks_trained(splitter, table):
    season, _, week = table
    return [len(np.unique(week[train])) for train, _ in splitter.split(season, groups=week)]


def error(splitter, table):
    season, sales, week = table
    scores = cross_val_score(
        LinearRegression(), season, sales, groups=week, cv=splitter, scoring="neg_mean_absolute_error"
    )
    return -scores.mean()


open_size = {"test_size": 4, "n_splits": 3, "shift_size": 4, "window_type": "expanding"}
open_splits = {"test_size": 4, "train_size": 12, "shift_size": 4}
seen = {}
for name, options in (("train_size left open", open_size), ("n_splits left open", open_splits)):
    used = GroupTimeSeriesSplit(**options)
    first = weeks_trained(used, short)
    seen[name] = first, weeks_trained(used, long), weeks_trained(GroupTimeSeriesSplit(**options), long)
    print(f"{name}: short shop {first}; long shop after it {seen[name][1]}; long shop alone {seen[name][2]}")

used = GroupTimeSeriesSplit(**open_size)
error(used, short)
after, alone = error(used, long), error(GroupTimeSeriesSplit(**open_size), long)
print(f"error of the long shop after the short one {after:.1f}, alone {alone:.1f}")
used = GroupTimeSeriesSplit(**open_size)
weeks_trained(used, long)
try:
    weeks_trained(used, short)
    refused = False
except ValueError as problem:
    refused = True
    print(f"short shop after the long one: {str(problem)[:26]}")

assert seen["train_size left open"] == ([12, 16, 20], [12, 16, 20], [92, 96, 100])
assert seen["n_splits left open"] == ([12] * 3, [12] * 3, [12] * 23)
assert refused and after > 1.2 * alone
PYTHON
