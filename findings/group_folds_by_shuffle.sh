#!/bin/sh
# Shuffled group folds are the uneven ones, though the documentation says the reverse.
# Versions: scikit-learn 1.9.1, numpy 2.4.6.
# Expected: by its documentation, folds of GroupKFold have about the same number of rows "when `shuffle` is True".
# Seen: without shuffling they differ by a row, since the largest groups are dealt out first. With shuffling each fold has
# the same number of groups, whatever their size: where few customers have most rows, one fold is twice another.
# What it means: a mean over shuffled folds weighs rows unequally, and its spread is that of fold sizes. Seeds matter.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
from sklearn.model_selection import GroupKFold

sizes = np.random.default_rng(0).lognormal(2, 1.5, 300).astype(int) + 1
customer = np.repeat(np.arange(300), sizes)


def rows_and_customers(**options):
    parts = [judged for _, judged in GroupKFold(5, **options).split(customer, groups=customer)]
    return [len(part) for part in parts], [len(np.unique(customer[part])) for part in parts]


plain, dealt = rows_and_customers()
worst = 0
for seed in range(5):
    rows, customers = rows_and_customers(shuffle=True, random_state=seed)
    worst = max(worst, max(rows) / min(rows))
    print("seed", seed, "rows", rows, "customers", customers)
    assert max(rows) / min(rows) > 1.2 and set(customers) == {60}
print("unshuffled: rows", plain, "customers", dealt)
assert max(plain) - min(plain) <= 1
assert worst > 1.7
assert "when `shuffle` is True" in GroupKFold.__doc__
PYTHON
