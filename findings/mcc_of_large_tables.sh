#!/bin/sh
# The Matthews correlation of polars-ds falls from .80 to -.01 as a table of one kind grows to a million rows.
# Versions: polars-ds 0.13.0, polars 2.1.0, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: the docstring says where it fails, labels that are not 0 and 1; size is no such case. More rows only settle it.
# Seen: the counts are 32 bits wide, and so is the product of right positives and right negatives. Past 4,294,967,295 it
# starts again at 0: two classes of 65,536 right answers each are enough. With nine of ten right, 100,000 rows have .80, 150,000
# have .03, 200,000 have .37. A model without a mistake has 1 on 131,070 rows and 0 on 131,072. No warning is given, and the
# figure looks like that of a weak model. `query_confusion_matrix(all_metrics=True)` of the same package is right at each size.
# Known: no issue upstream was seen.
# What it means: a figure that was right on a sample is wrong on the table. Take the field "mcc" of the confusion matrix.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    polars-ds==0.13.0 polars==2.1.0 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import polars as pl
import polars_ds as pds
from sklearn.metrics import matthews_corrcoef

warnings.simplefilter("error")
rng = np.random.default_rng(0)
both = pds.query_confusion_matrix("truth", "answer", all_metrics=True).struct.field("mcc")


def figures(truth, answer):
    table = pl.DataFrame({"truth": truth, "answer": answer})
    return table.select(pds.query_mcc("truth", "answer")).item(), table.select(both).item(), matthews_corrcoef(truth, answer)


found = {}
for rows in (1_000, 100_000, 150_000, 200_000, 1_000_000):
    truth = rng.integers(0, 2, rows)
    found[rows] = figures(truth, np.where(rng.random(rows) < 0.9, truth, 1 - truth))
    print(f"{rows} rows: query_mcc {found[rows][0]:.3f}, in the matrix {found[rows][1]:.3f}, scikit-learn {found[rows][2]:.3f}")
for rows in (131_070, 131_072):
    truth = np.arange(rows) % 2
    found[rows] = figures(truth, truth)
    print(f"{rows} rows, all right: query_mcc {found[rows][0]:.3f}, scikit-learn {found[rows][2]:.3f}")

assert all(abs(matrix - exact) < 1e-9 for _, matrix, exact in found.values())
assert all(abs(found[rows][0] - found[rows][2]) < 1e-9 for rows in (1_000, 100_000, 131_070))
assert found[150_000][0] < 0.1 and found[200_000][0] < 0.5 and found[1_000_000][0] < 0.1
assert found[131_072][0] == 0
PYTHON
