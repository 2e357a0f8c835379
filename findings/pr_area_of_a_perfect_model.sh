#!/bin/sh
# A model without a mistake has an area under precision and recall of 0 in pycm, and one with mistakes .65.
# Versions: pycm 4.6 (March 2026), scikit-learn 1.9.1, numpy 2.4.6.
# Expected: with all precisions at 1 the area is 1, as its own area under the ROC curve and scikit-learn's average precision.
# Seen: a curve begins at the recall of the highest score, and the part between recall 0 and there is left out. A leaf that
# gives many positives one score takes their area with it: where it has all of them, 1 becomes 0. On 300 patients a tree of
# four leaves has .18, and a smooth model that is worse by each other figure .65; average precisions are .94 and .66. Where
# two rows are positive, a model without ties has at most .5. A warning about non-numerical values comes with most curves,
# whose area is hardly touched, and not with the 0.
# Known: #629 (February 2026) gave the ROC curve its beginning; of this curve no issue was seen.
# What it means: trees, rules and counts of a few neighbours are ranked below models that are worse. Take average precision.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pycm==4.6 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from pycm import PRCurve, ROCCurve
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score

rng = np.random.default_rng(0)
rows = 300
sick = np.repeat([1, 0], [90, 210])
signal = sick + rng.normal(0, 0.9, rows)
blood = sick + rng.normal(0, 0.35, rows)
models = {
    "perfect, two leaves": np.where(sick == 1, 0.9, 0.1),
    "perfect, a score for each": 0.1 + 0.7 * sick + 0.1 * rng.random(rows),
    "four leaves": np.select([blood > 0.7, blood > 0.5, blood > 0.3], [0.97, 0.6, 0.3], 0.02),
    "smooth and worse": 1 / (1 + np.exp(-2 * (signal - 0.5))),
}
seen, warned = {}, {}
for name, scores in models.items():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        both = np.column_stack([1 - scores, scores])
        areas = PRCurve(sick, both, classes=[0, 1])
        precision, recall, _ = precision_recall_curve(sick, scores)
        seen[name] = areas.area()[1], average_precision_score(sick, scores), roc_auc_score(sick, scores)
        print(f"{name}: pycm {seen[name][0]:.3f}, by trapezes {auc(recall, precision):.3f}, average precision", end=" ")
        print(f"{seen[name][1]:.3f}, ROC {seen[name][2]:.3f}, warnings {len(told)}")
        warned[name] = len(told)
        assert abs(areas.area(method="midpoint")[1] - seen[name][0]) < 1e-9
        assert abs(ROCCurve(sick, both, classes=[0, 1]).area()[1] - seen[name][2]) < 1e-9
assert not warned["perfect, two leaves"]
assert seen["perfect, two leaves"] == (0, 1, 1)
assert seen["perfect, a score for each"][0] > 0.98
assert all(a > b for a, b in zip(seen["four leaves"][1:], seen["smooth and worse"][1:]))
assert seen["four leaves"][0] < seen["smooth and worse"][0] / 2

two = np.array([0] * 8 + [1] * 2)
scores = np.linspace(0.05, 0.95, 10)
area = PRCurve(two, np.column_stack([1 - scores, scores]), classes=[0, 1]).area()[1]
print(f"two positives on top of ten rows: pycm {area:.3f}, average precision {average_precision_score(two, scores):.3f}")
assert abs(area - 0.5) < 1e-9 and average_precision_score(two, scores) == 1
PYTHON
