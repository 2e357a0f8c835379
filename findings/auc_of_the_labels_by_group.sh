#!/bin/sh
# equiboots' ROC AUC by group is .80; asked for it by name the same table has .65, and a log loss of -6.3: labels are scored.
# Versions: equiboots 0.0.1a14 (August 2026), scikit-learn 1.8.0, pandas 2.2.3, scipy 1.15.2, numpy 2.2.4. It refuses newer ones.
# Expected: `get_metrics(groups, metric_list=["ROC AUC"])` picks a metric, so that a bootstrap of many need not compute them all.
# Seen: metrics that are asked for by name go through scikit-learn's scorers, and an attribute of these says whether a metric
# takes probabilities. scikit-learn 1.4 (2024) dropped it, so each metric gets labels cut at .5. AUC falls from .80 to .65,
# average precision from .56 to .35, and a log loss of .40 becomes -6.3, with its sign turned as well. Metrics of labels are
# right. No warning is given.
# Known: no issue upstream was seen.
# What it means: groups are compared at one threshold where the report says AUC, so a shifted group seems to be ranked worse. A
# negative log loss is the mark. Ask for all metrics, or compute AUC from the probabilities.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    equiboots==0.0.1a14 scikit-learn==1.8.0 pandas==2.2.3 scipy==1.15.2 numpy==2.2.4
cd "$folder"
OPENBLAS_NUM_THREADS=1 MPLCONFIGDIR="$folder" venv/bin/python -W ignore - <<'PYTHON'
import numpy as np
import pandas as pd
from equiboots.EquiBootsClass import EquiBoots
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

rng = np.random.default_rng(0)
site = rng.choice(["north", "south"], 4_000)
event = (rng.random(len(site)) < 0.2).astype(int)
probability = 1 / (1 + np.exp(-1.2 * (1.2 * event + rng.normal(size=len(site)) - 1.6)))
label = (probability >= 0.5).astype(int)
report = EquiBoots(
    y_true=event,
    y_prob=probability,
    y_pred=label,
    fairness_df=pd.DataFrame({"site": site}),
    fairness_vars=["site"],
    task="binary_classification",
    bootstrap_flag=False,
)
report.grouper(groupings_vars=["site"])
groups = report.slicer("site")
metrics = {"ROC AUC": roc_auc_score, "Average Precision Score": average_precision_score, "Log Loss": log_loss}
whole, named = report.get_metrics(groups), report.get_metrics(groups, metric_list=[*metrics, "Recall"])
for group in ("north", "south"):
    of = site == group
    for name, by_hand in metrics.items():
        print(f"{group}, {name}: {whole[group][name]:.2f}, asked for by name {named[group][name]:.2f}")
        sign = -1 if name == "Log Loss" else 1
        assert np.isclose(whole[group][name], by_hand(event[of], probability[of]))
        assert np.isclose(named[group][name], sign * by_hand(event[of], label[of]))
    assert whole[group]["Recall"] == named[group]["Recall"]
    assert named[group]["ROC AUC"] < whole[group]["ROC AUC"] - 0.1 and named[group]["Log Loss"] < 0
PYTHON
