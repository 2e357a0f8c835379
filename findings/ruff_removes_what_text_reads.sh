#!/bin/sh
# ruff's safe fix removes an import that a formula needs, and its unsafe one a limit that a query needs.
# Versions: ruff 0.17.6, statsmodels 0.15.0, pandas 3.1.1, numpy 2.4.6.
# Expected: a fix that is called safe keeps what the code does.
# Seen: `np.log(x)` in a formula and `@limit` in a query are text to ruff. F401 and F841 call both names unused. `--fix`
# deletes the import, `--unsafe-fixes` the limit; the file still imports, and each function raises when it is called.
# What it means: such a report is no sign of careless code, and a commit of fixes breaks what no test of imports sees.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check ruff==0.17.6 statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6
cd "$folder"
cat >work.py <<'PYTHON'
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

ROWS = pd.DataFrame({"x": [1.0, 2.0, 4.0, 8.0], "y": [0.0, 1.0, 2.0, 3.1]})


def slope() -> float:
    return smf.ols("y ~ np.log(x)", ROWS).fit().params.iloc[1]


def large() -> int:
    limit = 3
    return len(ROWS.query("x > @limit"))
PYTHON
cat >asked.py <<'PYTHON'
import work

for name in ("slope", "large"):
    try:
        print(name, round(getattr(work, name)(), 2), end="; ")
    except Exception as error:
        print(name, type(error).__name__, end="; ")
print()
PYTHON
check="venv/bin/ruff check -q --isolated --no-cache --select F work.py"
before=$(venv/bin/python asked.py)
reported=$($check --output-format concise || true)
$check --fix >fixes.txt || true
safe=$(venv/bin/python asked.py)
$check --fix --unsafe-fixes
unsafe=$(venv/bin/python asked.py)
printf '%s\n' "$reported" "as written: $before" "after --fix: $safe" "after --unsafe-fixes: $unsafe"
test "$before" = "slope 1.49; large 2; "
test "$safe" = "slope PatsyError; large 2; "
test "$unsafe" = "slope PatsyError; large UndefinedVariableError; "
