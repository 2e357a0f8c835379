#!/bin/sh
# NannyML sees amounts triple against 9,999 reference rows, and not against 10,000: a code for unknown hides all others in one bin.
# Versions: nannyml 0.13.1 (July 2025), scipy 1.17.1, pandas 3.1.1, numpy 2.4.6, statsmodels 0.15.0.
# Expected: from 10,000 rows on the Kolmogorov-Smirnov statistic is estimated, and the docs say how: the feature is split "into
# quantile bins". With 10,000 of them the estimate is that of scipy within .0001, whatever the values are.
# Seen: the bins have equal width from the lowest to the highest value. 1 % of amounts is 999999999, as a code for unknown, so a bin
# is 100,000 wide and holds everybody else. Amounts triple: the statistic is .40 by scipy and .41 by NannyML with 9,999 rows, and
# .005 with 10,000. One chunk of ten raises an alert by the default threshold, and none by one of .1. Without the code all is right. To
# compute exactly, asked for as the docs of `computation_params` show it, is read one level too high and changes nothing. No warning.
# The cause: `linspace` from the minimum to the maximum, in a variable called quantile_range.
# Known: no issue upstream was seen; the docs of the Wasserstein distance do name bins of equal width.
# What it means: monitoring goes blind on the day the reference grows by a row. Take codes out first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    nannyml==0.13.1 scipy==1.17.1 pandas==3.1.1 numpy==2.4.6 statsmodels==0.15.0
cd "$folder"
NML_DISABLE_USAGE_LOGGING=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd
from nannyml import UnivariateDriftCalculator
from nannyml.thresholds import ConstantThreshold
from scipy.stats import ks_2samp

warnings.simplefilter("ignore")


def amounts(number: int, times: float, unknown: bool, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    amount = times * rng.lognormal(7, 1, number)
    if unknown:
        amount[rng.random(number) < 0.01] = 999_999_999
    return pd.DataFrame({"amount": amount})


seen = {}
for unknown in (True, False):
    for number in (9_999, 10_000):
        for method in ("auto", "exact"):
            for threshold in ("default", "0.1") if method == "auto" else ("0.1",):
                reference, today = amounts(number, 1, unknown, 0), amounts(5_000, 3, unknown, 1)
                right = ks_2samp(reference["amount"], today["amount"]).statistic
                options = {} if threshold == "default" else {"thresholds": {"kolmogorov_smirnov": ConstantThreshold(upper=0.1)}}
                calculator = UnivariateDriftCalculator(
                    column_names=["amount"],
                    continuous_methods=["kolmogorov_smirnov"],
                    chunk_number=10,
                    computation_params={"kolmogorov_smirnov": {"calculation_method": method}},
                    **options,
                )
                chunks = calculator.fit(reference).calculate(today).filter(period="analysis").to_df()["amount"]["kolmogorov_smirnov"]
                seen[unknown, number, method, threshold] = right, chunks["value"].mean(), int(chunks["alert"].sum())
                print(f"1 % unknown: {unknown}, {number} reference rows, {method}, threshold {threshold}: scipy {right:.3f},",
                      f"NannyML {chunks['value'].mean():.4f}, alerts in {int(chunks['alert'].sum())} of 10 chunks")
for key, (right, value, alerts) in seen.items():
    assert right > 0.4
    if key[:2] == (True, 10_000):  # "exact" or not
        assert value < 0.01 and alerts <= (1 if key[3] == "default" else 0), key
    else:
        assert abs(value - right) < 0.02 and alerts == 10, key
PYTHON
