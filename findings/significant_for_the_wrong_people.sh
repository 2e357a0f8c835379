#!/bin/sh
# econml's Qini and TOC have half the p of their own table's regression: a model that ranks people backwards is significant, too.
# Versions: econml 0.17.0 (July 2026), scikit-learn 1.9.1, statsmodels 0.15.0, scipy 1.17.1, pandas 3.1.1, numpy 2.4.6.
# Expected: `DRTester` shows one table with an estimate, its error and p for the regression, the Qini and the TOC coefficient. A test
# of one side is of the side that was named before; one of both sides doubles the tail.
# Seen: p of the regression is of both sides. Of the two coefficients it is the tail beyond the size of z, whatever its sign: a
# test of one side, chosen once the data were seen. An estimate 1.8 errors away from 0 has .036 instead of .072, so of trials
# without any difference twice as many are below .05 as should be. A model with its effects turned round, which treats those who
# lose, has a p of .001 as well, of its negative coefficient. No warning is given.
# Known: no issue upstream was seen; the docstring does not speak of sides.
# What it means: "p = .04" is .08, or shows harm. Read the sign, and double it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    econml==0.17.0 scikit-learn==1.9.1 statsmodels==0.15.0 scipy==1.17.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python -W ignore - <<'PYTHON'
import numpy as np
from econml.metalearners import TLearner
from econml.validate import DRTester
from scipy.stats import norm, t
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(0)


def trial(sign: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """2,000 people in two arms; the effect grows, or falls, with one column."""
    column, treated = rng.normal(size=2_000), rng.integers(0, 2, 2_000)
    return column[:, None], treated, treated * sign * 0.12 * column + rng.normal(size=2_000)


judged, seen = trial(1), {}
for name, sign in (("right", 1), ("backwards", -1)):
    fitted = trial(sign)
    learner = TLearner(models=LinearRegression()).fit(fitted[2], fitted[1], X=fitted[0])
    tester = DRTester(
        model_regression=LinearRegression(), model_propensity=DummyClassifier(strategy="prior"), cate=learner, cv=3
    ).fit_nuisance(judged[0], judged[1], judged[2], fitted[0], fitted[1], fitted[2])
    blp = tester.evaluate_blp(judged[0], fitted[0])
    z = blp.params[0] / blp.errs[0]
    assert abs(blp.pvals[0] - 2 * t.sf(abs(z), 1_998)) < 1e-9
    print(f"{name}, regression: z {z:.2f}, p {blp.pvals[0]:.3f}, of both sides {2 * norm.sf(abs(z)):.3f}")
    for metric in ("qini", "toc"):
        result = tester.evaluate_uplift(judged[0], fitted[0], metric=metric, n_bootstrap=10)
        z, p = float(result.params[0] / result.errs[0]), float(result.pvals[0])
        seen[name, metric] = z, p
        print(f"{name}, {metric}: z {z:.2f}, p {p:.3f}, of both sides {2 * norm.sf(abs(z)):.3f}")
        assert abs(p - norm.sf(abs(z))) < 1e-9

for metric in ("qini", "toc"):
    assert seen["right", metric][0] > 1.645 and seen["backwards", metric][0] < -1.645
    assert max(seen["right", metric][1], seen["backwards", metric][1]) < 0.05
assert abs(norm.sf(1.8) - 0.036) < 1e-3
PYTHON
