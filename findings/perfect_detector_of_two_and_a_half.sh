#!/bin/sh
# aeon's range-based F-score gives a perfect detector 2.5, if precision weighs more, and 0.6, if recall does.
# Versions: aeon 1.6.0 (September 2026), numba 0.63.1, scikit-learn 1.9.1, scipy 1.17.1, pandas 3.0.6, numpy 2.3.5.
# Expected: by its docstring "the weighted harmonic mean of precision and recall, reaching its optimal value at 1"; beta below 1 "lends
# more weight to precision", above 1 it "favors recall".
# Seen: the denominator is beta squared times the sum of both, so beta scales the F1 and weighs nothing. Where both are 1 the score is
# 2.5 at beta .5, 1 at beta 1 and .625 at beta 2. A detector that finds all with seven alarms, of which two are true, and a cautious one
# that finds the half of one of two have .28 and .34 at beta 2, and .67 and .43 by the definition: the order is turned round.
# No warning is given. At beta 1, the default, it is right.
# Known: no issue upstream was seen; #2400 (2025) rewrote it.
# What it means: a claimed F2 is too low and a claimed F0.5 too high, and both rank detectors by F1. Take precision and recall.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    aeon==1.6.0 numba==0.63.1 scikit-learn==1.9.1 scipy==1.17.1 pandas==3.0.6 numpy==2.3.5
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from aeon.benchmarking.metrics.anomaly_detection import range_f_score, range_precision, range_recall


def marked(*spans: tuple[int, int]) -> np.ndarray:
    series = np.zeros(1_000, dtype=int)
    for begin, end in spans:
        series[begin:end] = 1
    return series


truth = marked((200, 250), (700, 720))
false_alarms = [(20, 60), (400, 480), (500, 580), (610, 650), (850, 900)]
detectors = {
    "perfect": truth.copy(),
    "eager": marked((200, 250), (700, 720), *false_alarms),
    "cautious": marked((200, 225)),
}
seen, defined = {}, {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, alarms in detectors.items():
        precision, recall = range_precision(truth, alarms), range_recall(truth, alarms, alpha=0.5)
        for beta in (0.5, 1, 2):
            seen[name, beta] = float(range_f_score(truth, alarms, beta=beta))
            defined[name, beta] = (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
            print(f"{name}, beta {beta}: precision {precision:.2f}, recall {recall:.2f}", end="; ")
            print(f"score {seen[name, beta]:.3f}, by definition {defined[name, beta]:.3f}")
assert not told
assert [seen["perfect", beta] for beta in (0.5, 1, 2)] == [2.5, 1.0, 0.625]
assert all(abs(seen[name, 1] - defined[name, 1]) < 1e-9 for name in detectors)
assert seen["eager", 0.5] > 1 and seen["cautious", 0.5] > 1
assert seen["cautious", 2] > seen["eager", 2] + 0.05 and defined["eager", 2] > defined["cautious", 2] + 0.2
PYTHON
