#!/bin/sh
# In each of a thousand experiments without an effect scipy's paired t-test finds one, where polars did the counting.
# Versions: scipy 1.17.1, polars 2.1.0, numpy 2.4.6.
# Expected: whole numbers and the same numbers as floats give one p-value, as they do in scipy's other tests of two samples.
# Seen: counts of polars (`len`, the sum of a condition) are unsigned. `ttest_rel` subtracts before it turns to floats, so -1 is
# 4,294,967,295. With as many users up as down the mean difference is two billion, in units of its own error 12. Each of 1,000
# experiments with 200 users, whose habits do not change, has p < .05, with a median of 2e-26; as floats 6 % have. Either
# order is significant, and always upward. A t of 12 and its p look like a strong effect; only the interval gives it away.
# The Wilcoxon test, `ttest_ind` and `pearsonr` of the same columns are right. No warning is given.
# Known: no issue upstream was seen.
# What it means: weeks before and after, or two models on the same rows, differ "beyond doubt". Cast counts to floats first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scipy==1.17.1 polars==2.1.0 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import polars as pl
from scipy import stats

users, experiments = 200, 1_000
found: dict[str, list[float]] = {}
upward = 0
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for seed in range(experiments):
        rng = np.random.default_rng(seed)
        visits = rng.poisson(2 * rng.gamma(3, 2, users))
        events = pl.DataFrame({"user": np.repeat(np.arange(users), visits), "after": rng.random(visits.sum()) < 0.5})
        counts = events.group_by("user", maintain_order=True).agg(
            before=(~pl.col("after")).sum(), after=pl.col("after").sum()
        )
        assert counts.schema["before"] == counts.schema["after"] == pl.UInt32
        before, after = counts["before"].to_numpy(), counts["after"].to_numpy()
        floats = before.astype(float), after.astype(float)
        results = {
            "paired t-test": stats.ttest_rel(after, before),
            "the other way round": stats.ttest_rel(before, after),
            "of floats": stats.ttest_rel(floats[1], floats[0]),
            "Wilcoxon": stats.wilcoxon(after, before),
        }
        difference = floats[1] - floats[0]
        by_hand = difference.mean() / (difference.std(ddof=1) / np.sqrt(len(difference)))
        assert np.isclose(results["of floats"].statistic, by_hand)
        assert np.isclose(results["Wilcoxon"].pvalue, stats.wilcoxon(floats[1], floats[0]).pvalue)
        assert np.isclose(stats.ttest_ind(after, before).pvalue, stats.ttest_ind(floats[1], floats[0]).pvalue)
        assert np.isclose(stats.pearsonr(after, before).statistic, stats.pearsonr(floats[1], floats[0]).statistic)
        upward += results["paired t-test"].statistic > 0 and results["the other way round"].statistic > 0
        if seed == 0:
            print("first experiment:", {name: f"{result.statistic:.1f}, p {result.pvalue:.1g}" for name, result in results.items()})
        for name, result in results.items():
            found.setdefault(name, []).append(float(result.pvalue))
shares = {name: float(np.mean(np.array(values) < 0.05)) for name, values in found.items()}
print("share with p < .05:", shares, "upward either way:", int(upward))
print("median p:", {name: f"{np.median(values):.1g}" for name, values in found.items()})
assert not told
assert shares["paired t-test"] == shares["the other way round"] == 1 and upward == experiments
assert 0.03 < shares["of floats"] < 0.08 and 0.03 < shares["Wilcoxon"] < 0.08
PYTHON
