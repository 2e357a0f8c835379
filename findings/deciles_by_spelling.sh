#!/bin/sh
# rapidstats' deciles of a score are numbered by the spelling of their bounds: of log-odds the safest customers are the sixth.
# Versions: rapidstats 0.4.2 (September 2026), polars 2.1.0, numpy 2.4.6 (it needs tqdm and narwhals).
# Expected: `capture_rate_at_quantiles` numbers ten groups of a score from 1, so rates of a good score rise from 1 to 10.
# Seen: groups are named by their bounds, "(-0.056, 0.51]", sorted by name and then numbered. Between 0 and 1 that is the order
# of numbers. Of log-odds the first group is the middle one, and the lowest is the sixth. Of per cent the second comes
# seventh. Each rate is right and stands beside another number; probabilities and log-odds of one model give two charts.
# What is called capture rate is the share of events in a group, not the share of all events that it holds. No warning says so.
# Known: no issue upstream was seen. The function has no docstring.
# What it means: a cut at decile 6 takes in the safest customers and leaves out the middle. Ask for `raw_quantiles=True` and sort
# by the number in the name, or give it ranks between 0 and 1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check rapidstats==0.4.2 polars==2.1.0 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from rapidstats.metrics import capture_rate_at_quantiles

rng = np.random.default_rng(0)
rows = 20_000
odds = rng.normal(0, 2, rows)
chance = 1 / (1 + np.exp(-odds))
bad = rng.random(rows) < chance
scores = {
    "probability": chance,
    "log-odds": odds,
    "per cent": 100 * chance,
    "points": 600 - 50 * odds,
}
seen, right = {}, {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, score in scores.items():
        table = capture_rate_at_quantiles(bad, score, drop_intermediate=False)
        assert table["quantile"].to_list() == list(range(1, 11))
        seen[name] = np.array(table["capture_rate"].to_list())
        groups = np.array_split(np.argsort(score, kind="stable"), 10)
        right[name] = np.array([bad[group].mean() for group in groups])
        print(f"{name}: {seen[name].round(2)}, by rank {right[name].round(2)}")
        assert np.allclose(np.sort(seen[name]), np.sort(right[name]), atol=0.003)
assert {str(warning.message).split(";")[0] for warning in told} == {"`qcut` is deprecated"}

assert np.allclose(seen["probability"], right["probability"], atol=0.003)
assert np.allclose(right["log-odds"], right["probability"])
assert seen["log-odds"].argmin() == 5 and seen["log-odds"][0] > 0.5 > 0.05 > right["log-odds"][0]
assert np.abs(seen["log-odds"][:6] - right["log-odds"][:6][::-1]).max() < 0.003
assert abs(seen["per cent"][6] - right["per cent"][1]) < 0.003 and right["per cent"][6] > 0.6
PYTHON
