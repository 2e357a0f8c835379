#!/bin/sh
# perpetual's classifier answers 0 and 1 whatever the two classes are: with classes 1 and 2, 3 % of its answers are right.
# Versions: perpetual 2.3.0 (October 2026), scikit-learn 1.9.1, numpy 2.4.6, pandas 3.1.1.
# Expected: one of `classes_` for each row, as from every classifier of scikit-learn, whose interface the documentation names.
# Seen: `classes_` is [1, 2], and `predict` rounds the probability: 0 or 1. Of 1,000 rows .925 are right with classes 0 and 1,
# .44 with -1 and 1, .49 with 0 and 2, .03 with 1 and 2. Text as classes gives 0 and 1, too. Three classes keep their names.
# Probabilities are those of `classes_`, so an AUC shows nothing: it is .973 each time. Its own `score` is the
# wrong one. `predict_log_proba` gives log-odds, for two classes one a row: of rows with p = .9 it says 2.2. No warning is given.
# Known: no issue upstream was seen.
# What it means: an accuracy that falls below chance with an AUC that is high says nothing of the model. Code the classes 0 and 1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    perpetual==2.3.0 scikit-learn==1.9.1 numpy==2.4.6 pandas==3.1.1
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from perpetual import PerpetualClassifier
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score

rows, positive = make_classification(2_000, n_features=8, n_informative=5, class_sep=1.0, random_state=0)
learnt, judged = slice(0, 1_000), slice(1_000, 2_000)
seen = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for names in ((0, 1), (-1, 1), (0, 2), (1, 2), ("no", "yes")):
        classes = np.array(names)[positive]
        model = PerpetualClassifier(budget=0.5).fit(rows[learnt], classes[learnt])
        answers, chances = model.predict(rows[judged]), model.predict_proba(rows[judged])
        assert list(model.classes_) == list(names)
        right, area = float((answers == classes[judged]).mean()), float(roc_auc_score(positive[judged], chances[:, 1]))
        own = float((model.classes_[chances.argmax(axis=1)] == classes[judged]).mean())
        seen[names] = set(answers.tolist()), right, area, own
        print(f"classes {names}: answers {sorted(seen[names][0])}, right {right:.3f}, by the probabilities {own:.3f}, AUC {area:.3f}")
    model = PerpetualClassifier(budget=0.5).fit(rows[learnt], positive[learnt] + 1)
    own_score = float(model.score(rows[judged], positive[judged] + 1))
    print(f"its own score with classes 1 and 2: {own_score:.3f}")
    logs, chances = model.predict_log_proba(rows[judged]), model.predict_proba(rows[judged])[:, 1]
    print("log-probabilities", logs.shape, "the largest", round(float(logs.max()), 2))
assert not told, [str(warning.message) for warning in told]
assert all(answers == {0, 1} for answers, *_ in seen.values())
assert all(area > 0.95 and own > 0.9 for *_, area, own in seen.values())
assert seen[0, 1][1] > 0.9 and seen[1, 2][1] < 0.1 and seen[-1, 1][1] < 0.6 and seen[0, 2][1] < 0.6 and seen["no", "yes"][1] == 0
assert own_score < 0.1
assert logs.shape == (1_000,) and np.allclose(logs, np.log(chances / (1 - chances)), atol=1e-3)
PYTHON
