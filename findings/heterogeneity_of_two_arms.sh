#!/bin/sh
# econml's test of a treatment model finds effects that differ in one of six trials without any, if there are two arms.
# Versions: econml 0.17.0 (July 2026), scikit-learn 1.9.1, statsmodels 0.15.0, scipy 1.17.1, pandas 3.1.1, numpy 2.4.6.
# Expected: `DRTester.evaluate_blp` names Chernozhukov and others (2022), whose test is robust to noise that is not constant. At
# 5 % it may find something in 5 % of trials at most, where the treatment does nothing to anybody.
# Seen: with three arms its standard errors are robust (HC1), with two they assume constant noise. Doubly robust outcomes have no
# such noise: the rarer a treatment among people alike, the larger. Of 200 trials with no effect at all, where treatment depends
# on one column, it has p < .05 in 33; robust errors of the same regression have so in 6. A third arm makes the very same rows and
# predictions robust. No warning is given.
# Known: no issue upstream was seen; the docstring does not speak of the errors.
# What it means: "the model finds who profits, p < .05" is not shown where treatment was not drawn at random. Regress
# `dr_val_` on `cate_preds_val_` with `cov_type="HC1"`.
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
from scipy.special import expit
from scipy.stats import norm, t
from sklearn.linear_model import LinearRegression, LogisticRegression


def trial(people: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Treatment follows the column, the outcome does, too, and the treatment has no effect."""
    column = rng.normal(size=people)
    treated = (rng.random(people) < expit(1.5 * column)).astype(int)
    return column[:, None], treated, column + rng.normal(size=people)


def by_hand(outcome: np.ndarray, prediction: np.ndarray) -> tuple[float, float]:
    """Two-sided p of the slope, with constant noise and with White's errors (HC1)."""
    design, people = np.column_stack([np.ones(len(outcome)), prediction]), len(outcome)
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ design.T @ outcome
    rest = outcome - design @ slopes
    constant = inverse * (rest @ rest) / (people - 2)
    robust = inverse @ (design.T * rest**2) @ design @ inverse * people / (people - 2)
    return (
        float(2 * t.sf(abs(slopes[1]) / constant[1, 1] ** 0.5, people - 2)),
        float(2 * norm.sf(abs(slopes[1]) / robust[1, 1] ** 0.5)),
    )


found = np.zeros(2)
for seed in range(200):
    rng = np.random.default_rng(seed)
    fitted, judged = trial(1_000, rng), trial(2_000, rng)
    learner = TLearner(models=LinearRegression()).fit(fitted[2], fitted[1], X=fitted[0])
    tester = DRTester(model_regression=LinearRegression(), model_propensity=LogisticRegression(), cate=learner, cv=3)
    tester.fit_nuisance(judged[0], judged[1], judged[2], fitted[0], fitted[1], fitted[2])
    p = float(tester.evaluate_blp(judged[0], fitted[0]).pvals[0])
    constant, robust = by_hand(tester.dr_val_[:, 0], tester.cate_preds_val_[:, 0])
    assert abs(p - constant) < 1e-6
    found += [p < 0.05, robust < 0.05]

    # the same rows and predictions, with a third arm beside them, as three arms have them
    tester.dr_val_, tester.cate_preds_val_ = np.tile(tester.dr_val_, 2), np.tile(tester.cate_preds_val_, 2)
    tester.n_treat, tester.treatments = 2, np.array([0, 1, 2])
    assert np.abs(np.array(tester.evaluate_blp().pvals) - robust).max() < 1e-6
print(f"of 200 trials without an effect p < .05 in {found[0]:.0f}, and with robust errors in {found[1]:.0f}")
assert found[0] >= 25 and found[1] <= 14
PYTHON
