#!/bin/sh
# The codes of a polars categorical depend on the other columns that the process holds.
# Versions: polars 2.1.0, Python 3.11.
# Expected: `to_physical()` numbers the categories of a column from 0, in the order in which they appear in it.
# Seen: all columns that are alive share one numbering: the same column is [0, 1] alone, and [1, 0] or [2, 3] beside others.
# What it means: a model trained on these codes gets other numbers where predict holds other tables.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check polars==2.1.0
cd "$folder"
cat >codes.py <<'PYTHON'
import sys

import polars as pl

others = [pl.Series([word], dtype=pl.Categorical) for word in sys.argv[1:]]
print(pl.Series(["basic", "plus"], dtype=pl.Categorical).to_physical().to_list())
PYTHON
alone=$(venv/bin/python codes.py)
after=$(venv/bin/python codes.py plus)
later=$(venv/bin/python codes.py gone north)
echo "alone $alone, after a row with plus $after, after other columns $later"
test "$alone" = "[0, 1]"
test "$after" = "[1, 0]"
test "$later" = "[2, 3]"
