#!/bin/sh
# scikit-learn's TargetEncoder gives other numbers each time, and the argument that seeds it is deprecated.
# Versions: scikit-learn 1.9.1, numpy 2.4.6.
# Expected: `TargetEncoder().fit_transform` gives the same twice, as its folds are unshuffled unless one asks for it.
# Seen: two calls differ by a third; `random_state` makes them equal, with a warning that it goes in 1.11; so does `cv=KFold(5)`.
# What it means: a pipeline with this encoder and a seeded model does not repeat. Hand over a `cv`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from sklearn.model_selection import KFold
from sklearn.preprocessing import TargetEncoder

rng = np.random.default_rng(0)
rows, target = rng.integers(0, 30, (600, 1)).astype(str), rng.integers(0, 2, 600)


def difference(**options):
    first, second = (TargetEncoder(**options).fit_transform(rows, target) for _ in range(2))
    return float(np.abs(first - second).max())


with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    plain = difference()
    assert not told
    seeded = difference(random_state=0)
    assert any("deprecated" in str(warning.message) for warning in told)
folds = difference(cv=KFold(5))
print(f"largest difference: plain {plain:.3f}, seeded {seeded}, with folds handed over {folds}")
assert plain > 0.05
assert seeded == folds == 0
PYTHON
