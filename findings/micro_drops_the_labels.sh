#!/bin/sh
# permetrics' F1 over the classes that were asked for is the accuracy over all of them, as soon as it is "micro".
# Versions: permetrics 2.1.0, scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1.
# Expected: `labels` says which classes count, for each average; micro F1 without "other" is how taggers are compared.
# Seen: "macro" and "weighted" obey. "micro" takes all classes, says nothing, and precision, recall and F1 are then one
# figure, the accuracy. A tagger that finds a third of the names among 96 % of "other" has .97 instead of .52; one that finds
# nothing has .96 instead of 0.
# Known: no issue upstream was seen. The docstring explains `labels` as the labels to include, for each average alike.
# What it means: a high micro F1 of rare classes may be that of the common one. Precision equal to recall gives it away:
# over some classes the two differ. Count hits by hand, or ask scikit-learn.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    permetrics==2.1.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from permetrics import ClassificationMetric
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

warnings.simplefilter("error")
rng = np.random.default_rng(0)
OTHER, NAMES = 0, [1, 2]
truth = rng.choice([OTHER, *NAMES], size=20_000, p=[0.96, 0.02, 0.02])
some = np.where((truth != OTHER) & (rng.random(truth.size) < 0.35), truth, OTHER)
nothing = np.zeros_like(truth)

seen = {}
for tagger, answers in (("finds a third", some), ("finds nothing", nothing)):
    metric = ClassificationMetric(truth, answers)
    for average in ("micro", "macro", "weighted"):
        chosen = {"labels": NAMES, "average": average}
        ours = [getattr(metric, name)(**chosen) for name in ("precision_score", "recall_score", "f1_score")]
        exact = [score(truth, answers, zero_division=0, **chosen) for score in (precision_score, recall_score, f1_score)]
        seen[tagger, average] = ours, exact
        print(f"{tagger}, {average}: precision, recall, F1 {np.round(ours, 3).tolist()}, of names {np.round(exact, 3).tolist()}")
    accuracy = accuracy_score(truth, answers)
    assert np.allclose(seen[tagger, "micro"][0], accuracy)
    for average in ("macro", "weighted"):
        assert np.allclose(*seen[tagger, average])

assert seen["finds a third", "micro"][0][2] > 0.97 and seen["finds a third", "micro"][1][2] < 0.6
assert seen["finds nothing", "micro"][0][2] > 0.95 and seen["finds nothing", "micro"][1][2] == 0
PYTHON
