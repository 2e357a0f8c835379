#!/bin/sh
# The same schema refuses a polars table and passes it once the table is lazy.
# Versions: pandera 0.35.0, polars 2.1.0.
# Expected: `validate` of a lazy frame checks it when it is collected, or says that it does not look at values.
# Seen: for a lazy frame only names and types are checked. Ages of -5, missing labels, repeated keys and unknown levels
# pass on `validate` and on `collect`, without a warning. `scan_parquet` for `read_parquet` switches the checks off.
# Known: intended; a warning was asked for in pandera #1566 (2024). PANDERA_VALIDATION_DEPTH=SCHEMA_AND_DATA checks values.
# What it means: a schema in a submission, and a call of it, do not show that a value was looked at.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pandera[polars]==0.35.0" polars==2.1.0
cd "$folder"
cat > check.py <<'PYTHON'
import sys
import warnings

import pandera.polars as pa
import polars as pl

schema = pa.DataFrameSchema(
    {
        "customer": pa.Column(pl.Int64, unique=True),
        "age": pa.Column(pl.Int64, pa.Check.in_range(0, 120)),
        "plan": pa.Column(pl.String, pa.Check.isin(["basic", "pro"])),
        "churned": pa.Column(pl.Int64, nullable=False),
    }
)
sound = {"customer": [1, 2], "age": [30, 40], "plan": ["basic", "pro"], "churned": [0, 1]}
wrong = {"age": [-5, 40], "plan": ["basic", "gold"], "customer": [1, 1], "churned": [None, 1]}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for column, values in wrong.items():
        table = pl.DataFrame({**sound, column: values})
        answers = []
        for frame in (table, table.lazy()):
            try:
                schema.validate(frame).lazy().collect()
                answers.append("passes")
            except pa.errors.SchemaError:
                answers.append("refused")
        print(f"{column} {values}: table {answers[0]}, lazy {answers[1]}")
        assert answers == ["refused", sys.argv[1]]
told = [warning for warning in told if "pandera" in str(warning.filename)]
print("warnings", len(told))
assert not told
PYTHON
venv/bin/python check.py passes
PANDERA_VALIDATION_DEPTH=SCHEMA_AND_DATA venv/bin/python check.py refused
