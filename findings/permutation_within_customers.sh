#!/bin/sh
# A permutation test that is told the customers calls a perfect model pure chance.
# Versions: scikit-learn 1.9.1, numpy 2.4.6.
# Expected: `groups` goes to the splitter, and labels are shuffled over all rows or over customers: p is about .01.
# Seen: labels are shuffled within each customer only. Where a customer has one label, nothing moves: every permuted score
# equals the real one, and p is 1.0. Without groups the same model has p = .01, but no splitter by group can be used then.
# What it means: p = 1.0 does not say that nothing was learnt, and a permuted score as high as the real one shows no leak.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold, permutation_test_score

rng = np.random.default_rng(0)
customer = np.repeat(np.arange(60), 5)
leaves = customer % 2
rows = (leaves + 0.3 * rng.normal(size=300))[:, None]
options = {"scoring": "roc_auc", "n_permutations": 99, "random_state": 0}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    score, permuted, p = permutation_test_score(
        LogisticRegression(), rows, leaves, groups=customer, cv=GroupKFold(5), **options
    )
folds = KFold(5, shuffle=True, random_state=0)
plain_score, plain, plain_p = permutation_test_score(LogisticRegression(), rows, leaves, cv=folds, **options)
print(f"with groups: score {score:.3f}, permuted {permuted.min():.3f} to {permuted.max():.3f}, p {p}, warnings {len(told)}")
print(f"without: score {plain_score:.3f}, permuted {plain.min():.3f} to {plain.max():.3f}, p {plain_p}")
assert score > 0.95 and p == 1.0 and not told
assert np.allclose(permuted, score)
assert plain_p == 0.01 and plain.max() < 0.8
PYTHON
