#!/bin/sh
# Dask says that the median order of ten days is 306; it is 22. Asked together with other quantiles it is 21.
# Versions: dask 2026.8.0 (August 2026), pandas 3.1.1, numpy 2.4.6.
# Expected: a quantile of a Dask column is approximate, as the docstring says: off by a percent or so, and the same whatever is
# asked beside it. The docstring of a table even calls it "precise column-wise".
# Seen: each partition gives only the quantiles that were asked, and these are merged. Data lie in partitions by day, as log files
# do. Eight days have orders of 20 and two slow days have orders of 400: the median asked alone comes out 14 times too high. Of latencies
# sorted by size the 95th percentile is 72 instead of 104, and the 99th is 72 as well instead of 210. No warning
# is given.
# Known: dask #731, open since 2015, and #3115 and #6551, which were closed. `method="tdigest"` needs the package crick.
# What it means: an outlier bound or a latency promise is off by a factor. Take `df["x"].compute().quantile()`, or
# `method="tdigest"`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "dask[dataframe]==2026.8.0" pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W error::UserWarning - <<'PYTHON'
import dask.dataframe as dd
import numpy as np
import pandas as pd

rng = np.random.default_rng(0)
days = [rng.lognormal(3, 1, 2_000 if day < 6 else 500) for day in range(8)] + [rng.lognormal(6, 1, 500) for _ in range(2)]
table = pd.DataFrame({"order": np.concatenate(days)})
bounds = np.cumsum([0, *map(len, days)])
lazy = dd.concat([dd.from_pandas(table.iloc[low:high], npartitions=1) for low, high in zip(bounds, bounds[1:])])
assert lazy.npartitions == 10 and np.array_equal(lazy["order"].compute().to_numpy(), table["order"].to_numpy())

true, alone = float(table["order"].median()), float(lazy["order"].quantile(0.5).compute())
together = float(lazy["order"].quantile([0.5, 0.9, 0.95, 0.99]).compute()[0.5])
print(f"median {true:.1f}; Dask's alone {alone:.1f}, and asked with others {together:.1f}")
assert alone > 10 * true and 0.9 * true < together < 1.1 * true

latency = pd.DataFrame({"seconds": np.sort(rng.lognormal(3, 1, 20_000))})
lazy = dd.from_pandas(latency, npartitions=10)
for share in (0.9, 0.95, 0.99):
    print(f"latency {share:.0%}: {latency['seconds'].quantile(share):.0f}; Dask's {lazy['seconds'].quantile(share).compute():.0f}")
high = [float(lazy["seconds"].quantile(share).compute()) for share in (0.9, 0.95, 0.99)]
assert high[0] > 0.97 * latency["seconds"].quantile(0.9)
assert high[1] < 0.75 * latency["seconds"].quantile(0.95) and high[2] < 0.4 * latency["seconds"].quantile(0.99)
PYTHON
