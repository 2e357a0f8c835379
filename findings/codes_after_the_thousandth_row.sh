#!/bin/sh
# polars reads an Excel file's codes as missing from row 1,001 on, where the first thousand look like numbers: half of a column is gone.
# Versions: polars 2.1.0 (2026), fastexcel 0.21.0, openpyxl 3.1.5, python-calamine 0.9.1, xlsxwriter 3.3.1, pandas 3.1.1, numpy 2.4.6.
# Expected: what is in the cells, or an error, as `read_csv` of polars gives for the same table. pandas and polars with `engine="openpyxl"`
# read numbers and text as they stand.
# Seen: 3,000 patients have a diagnosis, 250 and the like in the old half and "E11.9" in the new. By default the column is Int64, and
# all 1,500 new ones are null. In a sheet of this column alone their rows are gone, as empty ones. With
# `infer_schema_length=None`, or one text in the first thousand rows, nothing is lost. No warning is given.
# The cause: fastexcel looks at 1,000 rows, and what does not fit then becomes null ("coerce").
# Known: polars #23728 described it as a gotcha, and was closed as it could not be seen again.
# What it means: values are imputed that were never missing, and "missing" says who came late. Pass `infer_schema_length=None`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check polars==2.1.0 fastexcel==0.21.0 openpyxl==3.1.5 \
    python-calamine==0.9.1 xlsxwriter==3.3.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W error - <<'PYTHON'
import numpy as np
import pandas as pd
import polars as pl
import xlsxwriter

rng = np.random.default_rng(0)
old, new = rng.choice([250, 401, 493], 1_500).tolist(), rng.choice(["E11.9", "I10", "J45.0"], 1_500).tolist()


def write(name: str, codes: list[int | str], with_number: bool = True) -> None:
    with xlsxwriter.Workbook(name) as book:
        sheet = book.add_worksheet()
        sheet.write_column(0, 0, ["diagnosis", *codes])
        if with_number:
            sheet.write_column(0, 1, ["patient", *range(len(codes))])


write("patients.xlsx", old + new)
write("mixed.xlsx", [new[0], *old, *new])
write("alone.xlsx", old + new, with_number=False)
(pd.DataFrame({"diagnosis": old + new})).to_csv("patients.csv", index=False)

found = {
    "polars": pl.read_excel("patients.xlsx")["diagnosis"],
    "polars, all rows looked at": pl.read_excel("patients.xlsx", infer_schema_length=None)["diagnosis"],
    "polars, openpyxl": pl.read_excel("patients.xlsx", engine="openpyxl")["diagnosis"],
    "polars, a text in the first row": pl.read_excel("mixed.xlsx")["diagnosis"],
}
for name, column in found.items():
    print(f"{name}: {column.dtype}, {column.null_count()} of {len(column)} missing")
for engine in ("calamine", "openpyxl"):
    column = pd.read_excel("patients.xlsx", engine=engine)["diagnosis"]
    print(f"pandas, {engine}: {column.dtype}, {column.isna().sum()} missing")
    assert column.tolist() == old + new
column = found.pop("polars")
assert column.dtype == pl.Int64 and column.to_list() == old + [None] * 1_500
alone = pl.read_excel("alone.xlsx")
print(f"polars, the column alone: {len(alone)} rows")
assert len(alone) == 1_500
for name, column in found.items():
    assert column.null_count() == 0 and column.dtype == pl.String, name
    assert column.to_list()[-1_500:] == new, name
try:
    pl.read_csv("patients.csv")
except pl.exceptions.ComputeError as error:
    print("polars, CSV: raises", str(error).splitlines()[0][:60])
else:
    raise AssertionError("polars reads the CSV file")
PYTHON
