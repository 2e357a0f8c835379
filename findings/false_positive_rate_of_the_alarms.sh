#!/bin/sh
# By deepchecks a model that finds nobody misses 2 %: its false positive, false negative and true negative rates are others.
# Versions: deepchecks 0.19.1 (December 2024, the newest), scikit-learn 1.5.2, pandas 2.2.3, scipy 1.14.1, numpy 1.26.4. It refuses newer ones.
# Expected: by its docstrings "fpr" is FP / (FP + TN), "fnr" is FN / (FN + TP), and "tnr", the specificity, is TN / (TN + FP).
# Seen: the code takes another cell of the table each time. "fpr" is FP / (FP + TP), the share of false ones among the alarms;
# "fnr" is FN / (FN + TN), the share of events among those left in peace; "tnr" is the precision. At an event rate of 2 % a
# balanced logistic regression has .13, .12 and .87, and deepchecks says .88, .003 and .12. A model that never raises an alarm
# misses all, and its "fnr" is .02. Recall and precision beside them are right. The versions by class, "macro", "micro" and
# "weighted" take the same cells. No warning is given.
# Known: no issue upstream was seen; the scorers came with #1751 (2022).
# What it means: a limit for missed events passes any model of a rare event. Use recall: 1 - recall is the false negative rate.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    deepchecks==0.19.1 scikit-learn==1.5.2 statsmodels==0.14.4 pandas==2.2.3 scipy==1.14.1 numpy==1.26.4
cd "$folder"
OPENBLAS_NUM_THREADS=1 MPLCONFIGDIR="$folder" DEEPCHECKS_DISABLE_LATEST=true venv/bin/python -W ignore - <<'PYTHON'
import numpy as np
import pandas as pd
from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import SingleDatasetPerformance
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix

rng = np.random.default_rng(0)
event = (rng.random(20_000) < 0.02).astype(int)
table = pd.DataFrame(rng.normal(size=(len(event), 3)) + 1.3 * event[:, None], columns=["a", "b", "c"])
data = Dataset(table.assign(event=event), label="event", cat_features=[])
check = SingleDatasetPerformance(scorers=["fpr", "fnr", "tnr", "recall"])
said, right = {}, {}
for name, model in {
    "balanced regression": LogisticRegression(class_weight="balanced"),
    "nobody": DummyClassifier(strategy="most_frequent"),
}.items():
    model.fit(table, event)
    said[name] = check.run(data, model).value.set_index("Metric").Value.astype(float)
    tn, fp, fn, tp = confusion_matrix(event, model.predict(table)).ravel()
    right[name] = pd.Series({"fpr": fp / (fp + tn), "fnr": fn / (fn + tp), "tnr": tn / (tn + fp), "recall": tp / (tp + fn)})
    print(name, pd.DataFrame({"deepchecks": said[name], "by hand": right[name]}).round(4), sep="\n")
    others = pd.Series({"fpr": fp / max(fp + tp, 1), "fnr": fn / (fn + tn), "tnr": tp / max(fp + tp, 1)})
    assert np.allclose(said[name][["fpr", "fnr", "tnr"]], others) and np.isclose(said[name].recall, right[name].recall)

regression, nobody = "balanced regression", "nobody"
assert said[regression].fpr > 0.8 and right[regression].fpr < 0.2
assert said[regression].fnr < 0.01 and right[regression].fnr > 0.1
assert said[nobody].fnr < 0.03 and right[nobody].fnr == 1
PYTHON
