#!/bin/sh
# The AUC of a confident network falls when it is computed from its logits.
# Versions: torchmetrics 1.9.0, torch 2.12.1, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: AUC needs the order of the scores only, so logits and probabilities give the same figure.
# Seen: torchmetrics passes scores outside [0, 1] through a sigmoid, in the type they came in.
# In float32 every logit above about 17 becomes 1.0. Rows that were in order become ties.
# With logits around 20 the AUC falls from .63 to .57 and the average precision from .41 to .34, without a warning.
# The same logits less their mean give the full AUC; so do logits in float64.
# What it means: an overconfident network (long training, no weight decay) is ranked below its worth.
# Shift the logits or cast them to float64 before the metric.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    torchmetrics==1.9.0 torch==2.12.1 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W error - <<'PYTHON'
import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torchmetrics.functional.classification import binary_auroc, binary_average_precision

rng = np.random.default_rng(0)
target = (rng.random(4000) < 0.3).astype(int)
logits = (rng.normal(20, 6, 4000) + 3 * target).astype(np.float32)
truth = roc_auc_score(target, logits)
labels = torch.tensor(target)

figures = {
    name: float(binary_auroc(torch.tensor(scores), labels))
    for name, scores in (
        ("float32", logits),
        ("float32 less their mean", logits - logits.mean()),
        ("float64", logits.astype(np.float64)),
    )
}
ties = 1 - len(torch.sigmoid(torch.tensor(logits)).unique()) / len(np.unique(logits))
print(f"scikit-learn: AUC {truth:.3f}")
for name, value in figures.items():
    print(f"torchmetrics, logits in {name}: AUC {value:.3f}")
print(f"float32 sigmoid merges {ties:.0%} of the different logits")
assert 0.6 < truth < 0.66
assert figures["float32"] < truth - 0.04
assert abs(figures["float32 less their mean"] - truth) < 0.002 and abs(figures["float64"] - truth) < 0.002
precision = [float(binary_average_precision(torch.tensor(scores), labels)) for scores in (logits, logits.astype(float))]
print(f"average precision: {precision[0]:.3f} in float32, {precision[1]:.3f} in float64")
assert precision[0] < precision[1] - 0.02
PYTHON
