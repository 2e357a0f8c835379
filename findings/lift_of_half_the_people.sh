#!/bin/sh
# Ambrosia finds a relative effect in 14 to 42 % of experiments without one, if the groups differ in size; the absolute one in 5 %.
# Versions: ambrosia 0.5.3.post1, pandas 2.3.3, scipy 1.17.1, statsmodels 0.15.0, numpy 2.4.6, pyyaml 6.0.4, joblib 1.6.0.
# Expected: "the new variant brings 3 % more" and "it brings .3 more" are one question, so p-values and intervals agree.
# Seen: for 600 and 600 people they do. Of 400 experiments without an effect on what people spend, at 5 %, the relative effect is found in
# 16 % for 1,000 and 200 people, and in 42 % for 1,140 and 60, and its 95 % intervals hold 0 in 84 and 58 %. The absolute effect of the
# same kind of experiment is found in 3 to 7 %. No warning is given.
# The cause: the variances of both means are divided by half of all people, whatever their groups hold.
# Known: no issue upstream was seen; a docstring below speaks of the "size of both groups".
# What it means: a careful start with 5 % of people is declared a success or a failure in two of five cases. Take the absolute effect.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check --no-deps ambrosia==0.5.3.post1
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    pyyaml==6.0.4 joblib==1.6.0 pandas==2.3.3 scipy==1.17.1 statsmodels==0.15.0 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from ambrosia.tester import Tester

rng = np.random.default_rng(0)
trials, seen = 400, {}
for old, new in ((600, 600), (1_000, 200), (200, 1_000), (1_140, 60)):
    for effect in ("absolute", "relative"):
        found = held = 0
        for _ in range(trials):
            table = pd.DataFrame({"group": ["A"] * old + ["B"] * new, "spent": rng.exponential(10, old + new)})
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                tester = Tester(dataframe=table, column_groups="group", metrics="spent")
                row = tester.run(effect_type=effect, method="theory", criterion="ttest", as_table=True).iloc[0]
            assert not [each for each in told if issubclass(each.category, UserWarning)]
            found += row["pvalue"] < 0.05
            low, high = row["confidence_interval"]
            held += low <= 0 <= high
        seen[old, new, effect] = found / trials, held / trials
        print(f"{old:,} and {new:,} people, {effect} effect: found in {found / trials:.1%}, 95 % interval holds 0 in {held / trials:.1%}")

for sizes in ((600, 600), (1_000, 200), (200, 1_000), (1_140, 60)):
    assert seen[*sizes, "absolute"][0] < 0.09
assert seen[600, 600, "relative"][0] < 0.09
assert min(seen[1_000, 200, "relative"][0], seen[200, 1_000, "relative"][0]) > 0.1
assert seen[1_140, 60, "relative"][0] > 0.3 and seen[1_140, 60, "relative"][1] < 0.7
PYTHON
