#!/bin/sh
# toad turns the AUC upside down as soon as one score lies above 1: .80 becomes .20 with log-odds, or with one odd row.
# Versions: toad 0.1.7 (June 2026), scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6, scipy 1.17.1.
# Expected: an AUC follows the order of the scores alone. Probabilities, log-odds and a margin of one model have the same.
# Seen: `toad.metrics.AUC` negates all scores where the largest is above 1, since points of a scorecard fall with the risk. So
# log-odds, margins, ratings of 1 to 10 and predicted amounts have 1 - AUC. A Platt model of 10,000 rows has .80 by its
# probabilities; with a rounding error of 1e-9 above 1 in one row it has .20. KS of the same package keeps its value, as it has
# no sign, so a strong KS stands beside an AUC below .5. No warning is given.
# Known: no issue upstream was seen; the docstring speaks of "score or probability".
# What it means: two submissions judged by it are ranked the wrong way round, and "the model is worse than chance" is this case.
# Give it probabilities within 0 and 1, or take scikit-learn's function.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    toad==0.1.7 scikit-learn==1.9.1 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from scipy.special import expit
from scipy.stats import rankdata

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from toad.metrics import AUC, KS

rng = np.random.default_rng(0)
target = (rng.random(10_000) < 0.3).astype(int)
log_odds = -1.3 + 1.2 * target + rng.normal(size=10_000)
probability = expit(log_odds)
above = probability.copy()
above[np.argmax(above)] = 1 + 1e-9
scores = {
    "probability": probability,
    "log-odds": log_odds,
    "log-odds less their largest": log_odds - log_odds.max(),
    "percent": 100 * probability,
    "probability, the highest 1 + 1e-9": above,
}


def by_hand(score: np.ndarray) -> float:
    """The share of pairs of a positive and a negative row that stand in the right order."""
    positives, ranks = int(target.sum()), rankdata(score)
    pairs = positives * (len(target) - positives)
    return float((ranks[target == 1].sum() - positives * (positives + 1) / 2) / pairs)


seen = {}
with warnings.catch_warnings():
    warnings.simplefilter("error")
    for name, score in scores.items():
        seen[name] = float(AUC(score, target)), by_hand(score), float(KS(score, target))
        print(f"{name}: AUC {seen[name][0]:.3f}, by hand {seen[name][1]:.3f}, KS {seen[name][2]:.3f}")

whole = by_hand(probability)
assert 0.79 < whole < 0.82 and all(abs(right - whole) < 1e-9 for _, right, _ in seen.values())
for name in ("probability", "log-odds less their largest"):
    assert abs(seen[name][0] - whole) < 1e-9
for name in ("log-odds", "percent", "probability, the highest 1 + 1e-9"):
    assert abs(seen[name][0] - (1 - whole)) < 1e-9
assert len({round(ks, 9) for _, _, ks in seen.values()}) == 1
PYTHON
