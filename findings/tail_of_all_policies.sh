#!/bin/sh
# By acteval the tail of a motor portfolio is the portfolio: a flat premium is as right there as everywhere, A/E 1.0 instead of 19.
# Versions: acteval-insurance 2.0.0 (August 2026), scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6, scipy 1.17.1.
# Expected: `tail_mae`, `tail_rmse`, `tail_ae_ratio` and `large_loss_bias` judge the "large observed insurance outcomes"; by
# default these are the upper 5 %.
# Seen: the tail holds all rows at or above the 95 % quantile of the losses. Where fewer than 5 % of policies have a claim, that
# quantile is 0, and each policy is at or above it. With claims on 5.8 % one flat premium has an error of 3,272 in the tail and
# 334 overall, and its claims are 19 times what it expected. With claims on 3.9 % both errors are 220, and the ratio is
# exactly 1. So a model that knows nothing of large losses is perfect in the tail. No warning is given.
# Known: no issue upstream was seen.
# What it means: tail figures of two portfolios or years cannot be compared, and look best where claims are rare. Give a
# `threshold`, whose tail lies above it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    acteval-insurance==2.0.0 scikit-learn==1.9.1 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python -W error - <<'PYTHON'
import numpy as np
from acteval.metrics.tails import tail_ae_ratio, tail_mae

rng = np.random.default_rng(0)
seen = {}
for rate in (0.04, 0.06):
    losses = np.where(rng.random(20_000) < rate, rng.gamma(2, 1_500, 20_000), 0.0)
    flat = np.full(len(losses), losses.mean())
    whole = np.abs(losses - flat).mean()
    seen[rate] = tail_mae(losses, flat), whole, tail_ae_ratio(losses, flat), tail_ae_ratio(losses, flat, threshold=0)
    print(
        f"claims on {np.mean(losses > 0):.1%} of policies: error in the tail {seen[rate][0]:.0f}, overall {whole:.0f}; "
        f"actual by expected in the tail {seen[rate][2]:.2f}, of all policies with a claim {seen[rate][3]:.2f}"
    )

tail, whole, ratio, above = seen[0.04]
assert abs(tail - whole) < 1e-9 and abs(ratio - 1) < 1e-9 and above > 15
tail, whole, ratio, above = seen[0.06]
assert tail > 5 * whole and ratio > 15
PYTHON
