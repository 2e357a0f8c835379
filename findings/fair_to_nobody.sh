#!/bin/sh
# scikit-lego gives a model that says yes to nobody an equal opportunity of 1, and chooses it before one that finds .9 and .8 of people.
# Versions: scikit-lego 0.9.10 (August 2026), scikit-learn 1.9.1, scipy 1.17.1, pandas 2.3.3, numpy 2.4.6.
# Expected: "If we never predict a positive target for one of the subgroups, the model is by definition not fair so we return 0",
# says `equal_opportunity_score` of itself, and `p_percent_score` beside it does so.
# Seen: what is counted is how many people deserve a yes, not how many get one. If nobody gets one, 0 is divided by 0, and NaN is
# turned into 1. A grid over thresholds on a rare event, where none above .6 says yes to anybody, chooses such a one with a score of
# 1; the model that finds 90 % of one group and 80 % of the other has .89. `p_percent_score` gives the silent one 0, with a
# warning; here numpy alone warns, of an invalid value.
# Known: no issue upstream was seen; the documentation gives the ratio alone.
# What it means: the fairest model by this score is the one that refuses everybody. Look at the recall beside it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    scikit-lego==0.9.10 scikit-learn==1.9.1 scipy==1.17.1 pandas==2.3.3 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import recall_score
from sklearn.model_selection import GridSearchCV, KFold
from sklego.metrics import equal_opportunity_score, p_percent_score


class Above(ClassifierMixin, BaseEstimator):
    """Says yes where the score is above a threshold."""

    def __init__(self, threshold: float = 0.5) -> None:
        self.threshold = threshold

    def fit(self, rows: pd.DataFrame, labels: pd.Series) -> "Above":
        self.classes_ = np.array([0, 1])
        return self

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        return (rows["score"] > self.threshold).astype(int).to_numpy()


# of 1,000 people in each group 100 deserve a yes; the score finds 90 of them in one group and 80 in the other
number = np.tile(np.arange(1_000), 2)
group = np.repeat([0, 1], 1_000)
label = (number % 10 == 0).astype(int)
found = label * (number % 100 < np.where(group == 0, 90, 80))
rows = pd.DataFrame({"group": group, "score": np.where(found, 0.55, 0.1)})
labels = pd.Series(label)
order = np.random.default_rng(0).permutation(2_000)
rows, labels = rows.iloc[order].reset_index(drop=True), labels.iloc[order].reset_index(drop=True)

seen = {}
for threshold in (0.5, 0.6):
    model = Above(threshold).fit(rows, labels)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        opportunity = float(equal_opportunity_score("group")(model, rows, labels))
    words = [str(warning.message) for warning in told]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        percent = float(p_percent_score("group")(model, rows, labels))
    recalls = [float(recall_score(labels[rows["group"] == g], model.predict(rows[rows["group"] == g]))) for g in (0, 1)]
    seen[threshold] = recalls, opportunity, percent
    print(f"above {threshold}: recall {recalls}, equal opportunity {opportunity:.3f} {words}, p-percent {percent:.3f}",
          [str(warning.message) for warning in told])
warnings.simplefilter("ignore")
grid = GridSearchCV(Above(), {"threshold": [0.5, 0.6]}, scoring=equal_opportunity_score("group"), cv=KFold(5)).fit(rows, labels)
print(f"chosen: above {grid.best_params_['threshold']}, with {grid.best_score_:.3f}; finds {grid.predict(rows).sum()} people")
assert seen[0.5][0] == [0.9, 0.8] and abs(seen[0.5][1] - 8 / 9) < 1e-9
assert seen[0.6] == ([0, 0], 1, 0)
assert grid.best_params_ == {"threshold": 0.6} and grid.best_score_ == 1 and grid.predict(rows).sum() == 0
PYTHON
