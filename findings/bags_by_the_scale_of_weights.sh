#!/bin/sh
# Weights in per cent shrink each tree of a scikit-learn forest to 20 rows of 4,000, and weights of 100 draw 200,000 a tree.
# Versions: scikit-learn 1.9.1 and 1.8.0, numpy 2.4.6, scipy 1.17.1.
# Expected: equal weights are no weights, whatever their unit. So it is in scikit-learn 1.8, where `max_samples=0.5` gives each
# tree of a forest half of the rows.
# Seen: since 1.9 half is half of the sum of the weights. Equal weights of .01 leave 20 rows to each tree, and the AUC on new
# rows falls from .94 to .88; only below 10 rows a warning is given. Equal weights of 100, as of a survey where a row stands for
# a hundred people, draw 200,000 rows: fitting takes seven times the CPU, each tree has seen all rows, and no row is ever out of
# bag, so trees differ less. Bagging does the same since 1.8. With `max_samples=None` the scale is nothing.
# Known: documented at `max_samples`, as a part of #31529 (2025): a weight of 2 is to equal a row that occurs twice.
# What it means: exposures in years, probabilities and survey weights change the model by their unit alone, and after an
# update an unchanged script fits another one. Scale weights to a mean of 1, or give `max_samples` as a number of rows.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/show.py" <<'PYTHON'
import sys
import time
import warnings

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
rows = 4_000


def draw() -> tuple[np.ndarray, np.ndarray]:
    table = rng.normal(size=(rows, 5))
    return table, (table[:, 0] + table[:, 1] * table[:, 2] + rng.normal(size=rows) / 2 > 0).astype(int)


(table, label), (fresh, truth) = draw(), draw()
seen = {}
for weight in (0.01, 1, 100):
    forest = RandomForestClassifier(50, max_samples=0.5, random_state=0, n_jobs=1)
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        forest.fit(table, label, sample_weight=np.full(rows, weight))
    cost = time.process_time() - start
    area = roc_auc_score(truth, forest.predict_proba(fresh)[:, 1])
    bags = forest.estimators_samples_
    seen[weight] = len(bags[0]), area, np.mean([len(np.unique(bag)) for bag in bags]) / rows
    print(f"weights of {weight}: {seen[weight][0]:,} drawn, {seen[weight][2]:.0%} of rows in a bag, AUC {area:.3f}, {cost:.1f} CPU s")

assert seen[1][0] == rows / 2 and seen[1][1] > 0.92
if sys.argv[1] == "1.8.0":
    assert all(drawn == rows / 2 and abs(area - seen[1][1]) < 0.01 for drawn, area, _ in seen.values())
else:
    assert seen[0.01][0] == 20 and seen[0.01][1] < seen[1][1] - 0.04
    assert seen[100][0] == 200_000 and seen[100][2] == 1
PYTHON
for version in 1.8.0 1.9.1; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install -q --disable-pip-version-check "scikit-learn==$version" scipy==1.17.1 numpy==2.4.6
    echo "scikit-learn $version"
    OPENBLAS_NUM_THREADS=1 "$folder/$version/bin/python" "$folder/show.py" "$version"
done
