#!/bin/sh
# The out-of-bag answers of a balanced forest reach an AUC of .91 on pure noise.
# Versions: imbalanced-learn 0.14.2, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: a row is judged by trees that never saw it, so labels without a signal give .5, as with a plain forest.
# Seen: the balancing step draws rows with replacement, and the bootstrap draws again among the drawn ones. A row that was
# drawn twice and left out once counts as out of bag, though the tree learnt its label. Drawn once, it gives .5.
# Known: imbalanced-learn mended such an estimate in #655 (2019), before `replacement=True` became the default.
# What it means: with the default balancing, `oob_score_` and `oob_decision_function_` are no estimate. Nothing warns.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check imbalanced-learn==0.14.2 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from imblearn.ensemble import BalancedRandomForestClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
rows, rare = rng.normal(size=(2000, 10)), rng.random(2000) < 0.1
seen, new = slice(0, 1000), slice(1000, 2000)


def out_of_bag_and_new(forest):
    forest.fit(rows[seen], rare[seen])
    judged = ~np.isnan(forest.oob_decision_function_[:, 1]) & (forest.oob_decision_function_.sum(axis=1) > 0)
    out_of_bag = roc_auc_score(rare[seen][judged], forest.oob_decision_function_[judged, 1])
    return out_of_bag, roc_auc_score(rare[new], forest.predict_proba(rows[new])[:, 1])


options = {"oob_score": True, "bootstrap": True, "random_state": 0}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    balanced = out_of_bag_and_new(BalancedRandomForestClassifier(200, **options))
once = out_of_bag_and_new(
    BalancedRandomForestClassifier(200, replacement=False, sampling_strategy="auto", **options)
)
plain = out_of_bag_and_new(RandomForestClassifier(200, **options))
for name, (out_of_bag, on_new) in {"by default": balanced, "drawn once": once, "plain forest": plain}.items():
    print(f"{name}: AUC out of bag {out_of_bag:.3f}, on new rows {on_new:.3f}")
print("warnings", len(told))
assert balanced[0] > 0.85 and not told
assert all(abs(auc - 0.5) < 0.08 for auc in (balanced[1], *once, *plain))
PYTHON
