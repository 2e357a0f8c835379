#!/bin/sh
# FireDucks, with "the same API as in pandas", divides the counts of a category by all rows, missing ones as well: .80 becomes .32.
# Versions: fireducks 1.4.4 (December 2025), pandas 2.3.3, firefw 1.4.4, pyarrow 21.0.0, numpy 2.4.6.
# Expected: `value_counts(normalize=True)` says shares of the counted rows that sum to one, as pandas' does.
# Seen: 60 % of customers have not answered yet. Of those who did, 80 % stayed: pandas says .80 and .20, FireDucks .32 and .08,
# which sum to .40. Columns of numbers are no better. With `dropna=False` both agree, and without missing values, too. Its
# `std(ddof=0)` of a column divides by one less than the rows, so of two rows it is 1.41 beside a variance of 1; that of groups is
# right. No warning is given.
# Known: no issue upstream was seen; the page on compatibility excepts types, warnings and the order of joined rows, and not this.
# What it means: a prior, a base rate or a class weight is off by the share that is missing, under another import alone.
# Call `dropna()` first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    fireducks==1.4.4 firefw==1.4.4 pandas==2.3.3 pyarrow==21.0.0 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import fireducks.pandas
import numpy as np
import pandas

rng = np.random.default_rng(0)
number = 10_000
stayed = np.full(number, None, dtype=object)
stayed[:4_000] = np.where(np.arange(4_000) % 5 == 0, "no", "yes")
table = {"answer": rng.permutation(stayed), "code": rng.permutation(np.where(np.arange(number) < 4_000, np.arange(number) % 2, np.nan))}
shares = {}
for name, library in (("pandas", pandas), ("FireDucks", fireducks.pandas)):
    frame = library.DataFrame(table)
    for column in ("answer", "code"):
        of_column = {key: float(share) for key, share in frame[column].value_counts(normalize=True).to_dict().items()}
        of_rows = {str(key): float(share) for key, share in frame[column].value_counts(normalize=True, dropna=False).to_dict().items()}
        shares[name, column] = of_column, of_rows, frame[column].dropna().value_counts(normalize=True).to_dict()
        print(f"{name}, {column}: {of_column}, sum {sum(of_column.values()):.2f}; with the missing ones {sorted(of_rows.values())}")
assert shares["pandas", "answer"][0] == {"yes": 0.8, "no": 0.2}
assert shares["FireDucks", "answer"][0] == {"yes": 0.32, "no": 0.08}
assert shares["pandas", "code"][0] == {0.0: 0.5, 1.0: 0.5} and shares["FireDucks", "code"][0] == {0.0: 0.2, 1.0: 0.2}
for column in ("answer", "code"):
    assert sorted(shares["pandas", column][1].values()) == sorted(shares["FireDucks", column][1].values())
    assert shares["pandas", column][2] == shares["FireDucks", column][2]

spread = {}
for name, library in (("pandas", pandas), ("FireDucks", fireducks.pandas)):
    two = library.DataFrame({"group": ["a", "a"], "x": [1.0, 3.0]})
    spread[name] = (
        float(two["x"].std(ddof=0)), float(two["x"].var(ddof=0)), float(two[["x"]].std(ddof=0).to_dict()["x"]),
        float(two.groupby("group")["x"].std(ddof=0).to_dict()["a"]),
    )
    print(f"{name}, ddof=0: std {spread[name][0]:.3f}, var {spread[name][1]:.3f}, of a frame {spread[name][2]:.3f}, of a group {spread[name][3]:.3f}")
assert spread["pandas"] == (1, 1, 1, 1)
assert np.allclose(spread["FireDucks"], (2**0.5, 1, 2**0.5, 1))
PYTHON
