#!/bin/sh
# Quadratic kappa takes the order of grades from their spelling, though the column says its order.
# Versions: scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6.
# Expected: ordered categories low < mid < high make low against high two steps, and plain text is refused.
# Seen: labels are sorted by spelling: high, low, mid. Low taken for high counts as one step, mid taken for high as two.
# A rater who misses by a neighbour has .77, which reads as .42; one who swaps low and high has .27, which reads as .82.
# An ordered column changes nothing. Whole numbers, or `labels` in their order, give the figure. There is no warning.
# Known: no issue upstream was seen. The documentation says that `labels` select, and not that their order decides.
# What it means: of two models that grade in words, the one with the better weighted kappa may be the worse one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

rng = np.random.default_rng(0)
grades = ["low", "mid", "high"]
ordered = pd.CategoricalDtype(grades, ordered=True)
truth = rng.integers(0, 3, 600)
near = np.clip(truth + rng.choice([-1, 0, 1], 600, p=[0.25, 0.5, 0.25]), 0, 2)  # errors between neighbours
far = np.where((truth != 1) & (rng.random(600) < 0.35), 2 - truth, truth)  # low for high, and high for low


def kappa(answers, **options):
    words = [pd.Series(pd.Categorical.from_codes(codes, dtype=ordered)) for codes in (truth, answers)]
    return cohen_kappa_score(*words, weights="quadratic", **options)


with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    seen = {name: kappa(answers) for name, answers in (("near", near), ("far", far))}
for name, answers in (("near", near), ("far", far)):
    by_number = cohen_kappa_score(truth, answers, weights="quadratic")
    by_list = kappa(answers, labels=grades)
    print(f"{name} misses: ordered columns {seen[name]:.3f}, whole numbers {by_number:.3f}, labels in order {by_list:.3f}")
    assert abs(by_number - by_list) < 1e-12 and abs(by_number - seen[name]) > 0.2
by_number = [cohen_kappa_score(truth, answers, weights="quadratic") for answers in (near, far)]
print("better by number:", "near" if by_number[0] > by_number[1] else "far", "- better by columns:", max(seen, key=seen.get))
assert by_number[0] > by_number[1] and seen["far"] > seen["near"]
assert not told
PYTHON
