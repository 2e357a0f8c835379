#!/bin/sh
# The concordance of a survival model depends on the unit of its risk: per second all machines are alike.
# Versions: scikit-survival 0.28.0, numpy 2.4.6 (it needs scikit-learn and pandas, here 1.9.1 and 3.1.1).
# Expected: concordance looks at the order of risks alone, so multiplying all of them by one number changes nothing.
# Seen: risks that differ by at most 1e-8 count as tied (`tied_tol`, in the unit of the risk). Failure rates of .2 % a year have a
# concordance of .740 per year, day or hour, of .643 per minute and of exactly .5 per second. The same with weights for
# censoring (`concordance_index_ipcw`). No warning is given, and the number looks like that of a model that knows nothing.
# What it means: multiply rare risks up, rank them first, or set `tied_tol=0`; compare two models in one unit only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    scikit-survival==0.28.0 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from sksurv.metrics import concordance_index_censored, concordance_index_ipcw
from sksurv.util import Surv

warnings.simplefilter("error")
rng = np.random.default_rng(0)
machines, watched = 20_000, 3 * 365 * 24.0
per_hour = np.exp(rng.normal(size=(machines, 2)) @ [0.8, 0.5]) * 2e-3 / 365 / 24
failed_after = rng.exponential(1 / per_hour)
failed, hours = failed_after < watched, np.minimum(failed_after, watched)
known, new = slice(0, 15_000), slice(15_000, None)
outcome = Surv.from_arrays(failed, hours)

found = {}
for unit, length in {"year": 24 * 365, "day": 24, "hour": 1, "minute": 1 / 60, "second": 1 / 3600}.items():
    risk = per_hour * length
    plain = concordance_index_censored(failed, hours, risk)[0]
    weighted = concordance_index_ipcw(outcome[known], outcome[new], risk[new])[0]
    exact = concordance_index_censored(failed, hours, risk, tied_tol=0)[0]
    found[unit] = plain, weighted, exact
    print(f"risk per {unit}: concordance {plain:.3f}, weighted {weighted:.3f}, without a tolerance {exact:.3f}")

assert all(abs(found[unit][0] - 0.740) < 0.001 for unit in ("year", "day", "hour"))
assert 0.6 < found["minute"][0] < 0.7
assert found["second"][:2] == (0.5, 0.5)
assert max(exact for *_, exact in found.values()) - min(exact for *_, exact in found.values()) < 1e-9
PYTHON
