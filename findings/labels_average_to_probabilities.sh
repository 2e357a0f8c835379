#!/bin/sh
# Calibrated by venn-abers after the fact, a chance to be sick is up to 20 with labels 1 and 2, and down to -237 with -1 and 1.
# Versions: venn-abers 1.5.4 (August 2026), scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6.
# Expected: probabilities of the second class, as `VennAbersCalibrator` gives them for any two labels if it holds the model itself:
# 0 to .98 here.
# Seen: given the probabilities of a fitted model and the labels, as for a model that is not to be fitted again, it takes the labels
# for 0 and 1 and averages them as they are. With 1 and 2 three quarters of the probabilities are above 1, and each of 2,000 people
# is sick by a threshold of .5 instead of 23 %. With -1 and 1 as many are below 0, and 10 % are sick; with 0 and 2 it is 31 %. The
# order of the people stays, so an AUC of .91 shows nothing. No warning is given.
# Known: no issue upstream was seen. The documentation speaks of labels and names none.
# What it means: decisions at a threshold, costs and log loss of a calibrated model are wrong with its AUC in order. Code the labels 0
# and 1 before.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    venn-abers==1.5.4 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from venn_abers import VennAbersCalibrator

rng = np.random.default_rng(0)
x = rng.normal(size=(6_000, 3))
sick = (x[:, 0] + 0.7 * rng.normal(size=6_000) > 0.8).astype(int)
train, held, new = slice(0, 2_000), slice(2_000, 4_000), slice(4_000, None)
seen = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for names in ([0, 1], [1, 2], [-1, 1], [0, 2]):
        y = np.array(names)[sick]
        model = GaussianNB().fit(x[train], y[train])
        fitted = VennAbersCalibrator().predict_proba(
            p_cal=model.predict_proba(x[held]), y_cal=y[held], p_test=model.predict_proba(x[new])
        )[:, 1]
        whole = VennAbersCalibrator(estimator=GaussianNB(), inductive=True, cal_size=0.5, random_state=0)
        own = whole.fit(x[:4_000], y[:4_000]).predict_proba(x[new])[:, 1]
        area = float(roc_auc_score(sick[new], fitted)), float(roc_auc_score(sick[new], own))
        outside = float(np.mean((fitted < 0) | (fitted > 1)))
        seen[str(names)] = fitted, own, area, outside
        print(f"labels {names}: from {fitted.min():.2f} to {fitted.max():.2f}, {outside:.2f} outside of 0 to 1, above .5", end=" ")
        print(f"{np.mean(fitted > 0.5):.2f}, AUC {area[0]:.2f}; with the model inside {own.min():.2f} to {own.max():.2f}, {area[1]:.2f}")
assert not told
for fitted, own, area, outside in seen.values():
    assert 0 <= own.min() and own.max() <= 1 and min(area) > 0.9
assert seen["[1, 2]"][3] > 0.7 and seen["[-1, 1]"][3] > 0.7 and seen["[0, 2]"][3] > 0.2
assert seen["[0, 1]"][3] == 0 and seen["[1, 2]"][0].max() > 10 and seen["[-1, 1]"][0].min() < -50
assert np.mean(seen["[1, 2]"][0] > 0.5) > 0.99 and np.mean(seen["[0, 1]"][0] > 0.5) < 0.3 and np.mean(seen["[-1, 1]"][0] > 0.5) < 0.15
PYTHON
