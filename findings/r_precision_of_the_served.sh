#!/bin/sh
# By Microsoft's recommenders a system that has something for one user in a hundred has an R-precision of 1.
# Versions: recommenders 1.2.1 (December 2024), pandas 2.3.3, scikit-learn 1.9.1, numpy 2.4.6. It is installed without what metrics
# do not use.
# Expected: by its docstring R-precision is the precision at R for each user, "also equivalent to the recall at the R-th position".
# Users for whom nothing right is recommended have 0 and belong to the mean, as in precision, recall, MAP and NDCG of that module.
# Seen: the mean is over users with a hit among the first R. Users with none among the first k were dropped before, and those with
# hits after the R-th place are missing values, which a mean skips. Of 1,000 users with five right items each, a system that finds all
# five for 10 and nothing for 990 has 1.0, and precision .005, recall, MAP and NDCG .01. One that finds three of five for everybody
# has .6 and loses. If all hits stand behind the R-th place, it is NaN instead of 0. No warning is given.
# Known: #2067 asked for the metric (2024); no issue upstream was seen.
# What it means: it rewards a system for serving few. Take recall at R by hand, over all users of the test.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check --no-deps recommenders==1.2.1
"$folder/venv/bin/pip" install -q --disable-pip-version-check pandas==2.3.3 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import math
import warnings

import pandas as pd
from recommenders.evaluation.python_evaluation import map_at_k, ndcg_at_k, precision_at_k, r_precision_at_k, recall_at_k

USERS, RIGHT = range(1_000), range(5)  # items from 100 on are right for nobody
truth = pd.DataFrame([(user, item, 1.0) for user in USERS for item in RIGHT], columns=["userID", "itemID", "rating"])


def recommended(lists: dict[int, list[int]]) -> pd.DataFrame:
    rows = [(user, item, float(-place)) for user, items in lists.items() for place, item in enumerate(items)]
    return pd.DataFrame(rows, columns=["userID", "itemID", "prediction"])


wrong = list(range(100, 110))
systems = {
    "all five for ten users": {user: [*RIGHT, *wrong[:5]] if user < 10 else wrong for user in USERS},
    "three of five for all": {user: [0, 1, 2, *wrong[:7]] for user in USERS},
    "all five behind five others": {user: [*wrong[:5], *RIGHT] for user in USERS},
}
metrics = (r_precision_at_k, precision_at_k, recall_at_k, map_at_k, ndcg_at_k)
seen = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, lists in systems.items():
        table = recommended(lists)
        seen[name] = [round(float(metric(truth, table, k=10)), 3) for metric in metrics]
        print(f"{name}: R-precision, precision, recall, MAP, NDCG at 10:", seen[name])
assert not told
few, many, late = seen.values()
assert few == [1.0, 0.005, 0.01, 0.01, 0.01]
assert many[0] == 0.6 and all(more > less for less, more in zip(few[1:], many[1:], strict=True))
assert math.isnan(late[0]) and late[2] == 1
PYTHON
