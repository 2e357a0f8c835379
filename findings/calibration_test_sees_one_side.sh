#!/bin/sh
# MAPIE's test of calibration by Spiegelhalter gives p = 1 to a model that is clearly wrong, if it is too unsure.
# Versions: MAPIE 1.6.0 (October 2026), scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6.
# Expected: by the docstring p is the probability of the statistic under perfect calibration, and the closer the statistic
# is to 0, the better. So a statistic of -35 has a p of 0, as the other two tests of that module say.
# Seen: p is the upper tail alone. A model that is too sure has a p of 0, one that is too unsure a p of 1, above the honest one
# (.54). So has a random forest of 100 trees of depth 6, whose statistic is -13. Of 500 samples of 1,000 rows from a model shrunk
# to the middle it finds none, and a test of both tails finds each; of honest ones both find 6 %. Averages of many trees, strong
# penalties and smoothed labels err to this side.
# Known: no issue upstream was seen. The docstring names no side; `val.prob` of R's rms gives both tails.
# What it means: a random forest passes for calibrated, and isotonic repair is thought needless. Take
# `2 * norm.sf(abs(spiegelhalter_statistic(...)))`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check mapie==1.6.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from mapie.metrics.calibration import (
    kolmogorov_smirnov_p_value,
    kuiper_p_value,
    spiegelhalter_p_value,
    spiegelhalter_statistic,
)
from scipy.stats import norm
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

rng = np.random.default_rng(0)


def sharpened(chance: np.ndarray, factor: float) -> np.ndarray:
    return 1 / (1 + np.exp(-factor * np.log(chance / (1 - chance))))


def p_values(label: str, sick: np.ndarray, scores: np.ndarray) -> tuple[float, float, float]:
    z, p = spiegelhalter_statistic(sick, scores), spiegelhalter_p_value(sick, scores)
    other = max(kolmogorov_smirnov_p_value(sick, scores), kuiper_p_value(sick, scores))
    print(f"{label}: statistic {z:.1f}, p {p:.3g}; both tails {2 * norm.sf(abs(z)):.2g}, other tests at most {other:.2g}")
    return p, float(2 * norm.sf(abs(z))), other


with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    chance = rng.beta(2, 2, 20_000)
    sick = (rng.random(20_000) < chance).astype(int)
    honest = p_values("honest", sick, chance)
    sure = p_values("too sure", sick, sharpened(chance, 3))
    unsure = p_values("too unsure", sick, sharpened(chance, 0.4))

    rows, target = make_classification(6_000, 20, n_informative=8, class_sep=1.5, flip_y=0, random_state=0)
    forest = RandomForestClassifier(100, max_depth=6, random_state=0).fit(rows[:3_000], target[:3_000])
    scores = np.clip(forest.predict_proba(rows[3_000:])[:, 1], 0.001, 0.999)
    trees = p_values("random forest", target[3_000:], scores)

    found = {"honest": np.zeros(2), "shrunk": np.zeros(2)}
    for _ in range(500):
        chance = rng.beta(2, 2, 1_000)
        sick = (rng.random(1_000) < chance).astype(int)
        for name, scores in (("honest", chance), ("shrunk", sharpened(chance, 0.4))):
            both = 2 * norm.sf(abs(spiegelhalter_statistic(sick, scores)))
            found[name] += spiegelhalter_p_value(sick, scores) < 0.05, both < 0.05
for name, (one, two) in found.items():
    print(f"{name}: of 500 samples MAPIE finds {one:.0f}, both tails {two:.0f}")
assert not told

assert 0.4 < honest[0] < 0.7 and sure[0] < 1e-9
for wrong in (unsure, trees):
    assert wrong[0] > 0.9999 and wrong[1] < 1e-6 and wrong[2] < 1e-3
assert found["shrunk"][0] == 0 and found["shrunk"][1] > 490
assert all(10 <= count <= 40 for count in found["honest"])
PYTHON
