#!/bin/sh
# toad's stability index falls from 2.6 to .2 as the last customer of a channel goes, and is 0 where nothing stayed.
# Versions: toad 0.1.7 (June 2026), pandas 3.1.1, numpy 2.4.6 (it needs scikit-learn, scipy and joblib, here 1.9.1, 1.17.1, 1.6.0).
# Expected: the index grows with the difference of two distributions. A category that only one side has makes it infinite, or
# large where empty shares are replaced by a small one. Above .25 a scorecard is built anew, so runs the usual rule.
# Seen: the shares are joined by category. One that a side lacks gives a missing term, and the sum leaves missing terms out.
# The less of "shop" is left, the larger the index: .04 at 30 % instead of 40 %, 1.6 at 1 %, 2.6 at .1 %, and then .2 at
# none. Where all customers are of a channel that did not exist, it is 0, "stable". No warning is given; the frame that it
# can return shows NaN.
# Known: no issue upstream was seen. The docstring says nothing of empty categories.
# What it means: the index of a column is blind to what it is computed for: new codes, a source that fell silent, missing
# values that appear. Look for categories of one side only before the index is read.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    toad==0.1.7 pandas==3.1.1 scikit-learn==1.9.1 scipy==1.17.1 joblib==1.6.0 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd
from toad.metrics import PSI


def by_definition(new: pd.Series, old: pd.Series, least: float = 1e-4) -> float:
    shares = pd.DataFrame({"new": new.value_counts(normalize=True), "old": old.value_counts(normalize=True)})
    shares = shares.fillna(0).clip(lower=least)
    return float(((shares.new - shares.old) * np.log(shares.new / shares.old)).sum())


old = pd.Series(["web"] * 600 + ["shop"] * 400)
seen, reference = {}, {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for left in (400, 300, 100, 10, 1, 0):
        new = pd.Series(["web"] * (1_000 - left) + ["shop"] * left)
        seen[left], reference[left] = float(PSI(new, old)), by_definition(new, old)
        print(f"{left} of 1,000 through the shop: {seen[left]:.3f}, by definition {reference[left]:.3f}")
    unknown = pd.Series(["app"] * 1_000)
    half = pd.Series(["app"] * 500 + ["web"] * 300 + ["shop"] * 200)
    for name, new in (("all through the new app", unknown), ("half through the new app", half)):
        seen[name], reference[name] = float(PSI(new, old)), by_definition(new, old)
        print(f"{name}: {seen[name]:.3f}, by definition {reference[name]:.3f}")
assert not told

assert all(abs(seen[left] - reference[left]) < 1e-9 for left in (400, 300, 100, 10, 1))
assert seen[400] == 0 and seen[300] < 0.06 and seen[10] > 1.6 and seen[1] > 2.5
assert 0.2 < seen[0] < 0.21 and reference[0] > 3
assert seen["all through the new app"] == 0 and reference["all through the new app"] > 9
assert seen["half through the new app"] < 0.35 and reference["half through the new app"] > 4
PYTHON
