#!/bin/sh
# Intel's line for a faster scikit-learn turns a balanced forest into another one: it finds 87 % of events instead of 69 %.
# Versions: scikit-learn-intelex 2026.2.0 (October 2026), scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1.
# Expected: `patch_sklearn()` speeds scikit-learn up and keeps what an estimator is; other random numbers aside, both forests agree.
# Seen: without weights they do: they find .32 and .33 of new events, with mean answers of .051 and .051. With
# `class_weight="balanced"` at an event rate of 5 % the patched forest finds .87 with a mean answer of .22, and scikit-learn's .69
# with .14. scikit-learn draws rows by weight since 1.9; the extension draws all alike and weighs them in the tree, as 1.8 did.
# The AUC is .93 for both, so only thresholds and probabilities tell. Out of bag the patched forest has .93, and scikit-learn's
# .10, for which see rare_class_never_out_of_bag.sh. Given as `sample_weight`, weights are left to scikit-learn. No warning is given.
# Known: the change in scikit-learn is #31529 (2025). Of the extension #1916 (2024) and #3415 (2026) speak of other differences.
# What it means: a model trained where the extension is installed and loaded elsewhere is no proof of the code beside it, and a
# threshold that was tuned on one forest is wrong for the other. Name the extension as a dependency, or do without.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    scikit-learn-intelex==2026.2.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python -W ignore - <<'PYTHON'
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import recall_score, roc_auc_score
from sklearnex.ensemble import RandomForestClassifier as Patched

rng = np.random.default_rng(0)


def draw(rows: int) -> tuple[np.ndarray, np.ndarray]:
    event = (rng.random(rows) < 0.05).astype(int)
    return rng.normal(size=(rows, 5)) + event[:, None], event


(table, event), (fresh, truth) = draw(4_000), draw(20_000)
seen = {}
for weight in (None, "balanced"):
    for name, kind in (("scikit-learn", RandomForestClassifier), ("patched", Patched)):
        model = kind(200, min_samples_leaf=5, class_weight=weight, oob_score=True, random_state=0, n_jobs=1)
        answer = model.fit(table, event).predict_proba(fresh)[:, 1]
        bag = np.nan_to_num(model.oob_decision_function_)[:, 1]
        found = recall_score(truth, model.predict(fresh))
        area = roc_auc_score(truth, answer), roc_auc_score(event, bag)
        seen[weight, name] = float(found), float(answer.mean()), *area
        print(
            f"class_weight={weight}, {name}: {found:.2f} of events found, mean answer {answer.mean():.3f}, "
            f"AUC {area[0]:.2f}, out of bag {area[1]:.2f}"
        )

(found, mean, area, _), (other_found, other_mean, other_area, _) = seen[None, "scikit-learn"], seen[None, "patched"]
assert abs(found - other_found) < 0.06 and abs(mean - other_mean) < 0.005 and abs(area - other_area) < 0.01
(found, mean, area, bag), (other_found, other_mean, other_area, other_bag) = (
    seen["balanced", "scikit-learn"],
    seen["balanced", "patched"],
)
assert other_found > found + 0.1 and other_mean > mean + 0.05 and abs(area - other_area) < 0.01
assert bag < 0.2 and abs(other_bag - other_area) < 0.03
PYTHON
