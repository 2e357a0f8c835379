#!/bin/sh
# fastwoe's Gini of a score in three grades is .44, and .63 with a weight of 1 for each customer.
# Versions: fastwoe 0.3.0 (2026), scikit-learn 1.8.0, pandas 3.1.1, scipy 1.17.1, numba 0.68.1, numpy 2.4.6. It refuses scikit-learn 1.9.
# Expected: equal weights are no weights. By the docstring `somersd_yx` leaves ties of the outcome out, so for a binary outcome it is
# the Gini coefficient, twice the AUC less 1, with weights as without.
# Seen: without weights it is. With weights pairs of equal scores are left out as well, which is Goodman and Kruskal's gamma. A score without
# ties has .51 either way. In three grades, as in a traffic light, it has .44 and, with weights of 1, .63: coarser, and better
# than the score itself. One customer apart from all others gives a perfect -1 instead of -.001. No warning is given.
# Known: no issue upstream was seen. The docstring says that weights fall back to scikit-learn's weighted AUC; they do not.
# What it means: of two scorecards of a weighted sample the one with fewer grades wins. Take `roc_auc_score` with `sample_weight`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    fastwoe==0.3.0 scikit-learn==1.8.0 pandas==3.1.1 scipy==1.17.1 numba==0.68.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from fastwoe.metrics import somersd_yx
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
signal = rng.normal(size=2_000)
default = (rng.random(2_000) < 1 / (1 + np.exp(1.5 - signal))).astype(float)
apart = np.zeros(2_000)
apart[np.flatnonzero(default == 0)[0]] = 1
ones = np.ones(2_000)

seen = {}
for name, score in (("score", signal), ("three grades", np.digitize(signal, [-0.5, 0.5])), ("one apart", apart)):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        plain, weighted = somersd_yx(default, score).statistic, somersd_yx(default, score, weights=ones).statistic
    assert not told
    gini = 2 * roc_auc_score(default, score, sample_weight=ones) - 1
    seen[name] = plain, weighted, gini
    print(f"{name}: Gini {gini:.4f}, fastwoe {plain:.4f}, with weights of 1 {weighted:.4f}")

assert all(abs(plain - gini) < 1e-9 for plain, _, gini in seen.values())
assert abs(seen["score"][1] - seen["score"][2]) < 1e-9
assert seen["three grades"][1] > seen["score"][1] > seen["three grades"][0] and seen["three grades"][1] > 0.6
assert seen["one apart"][1] == -1 and abs(seen["one apart"][0]) < 0.01
PYTHON
