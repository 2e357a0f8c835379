#!/bin/sh
# papermill hands a notebook fold 12 for fold 1_2, shop 7 for shop 007, and a "false" that is true; False alone is false.
# Versions: papermill 2.7.0 (February 2026), nbformat 5.11.1.
# Expected: `papermill in.ipynb out.ipynb -p NAME VALUE` passes text, numbers and truth values as one writes them.
# Seen: a value becomes whatever Python's `int` and `float` can read. These allow underscores, so the fold "1_2" is 12 and the month
# "2026_12" is 202612; leading zeros go, so shop "007" is 7; a product called "nan" or "inf" is a float. "False" is false, and
# "false", as YAML, JSON and the shell's users write it, is a text, which `if` takes for true: `-p shuffle false` shuffles. From a
# YAML file `1e-3` is a text as well, and on the command line .001. The output notebook shows the cell it ran. No warning is given.
# Known: no issue upstream was seen. `-r` passes text as it is; the documentation of `-p` does not say what it converts.
# What it means: notebooks that are run for many folds or shops write over each other's results, or find no rows. Use `-r` for all
# names, and read the injected cell.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check papermill==2.7.0 nbformat==5.11.1
cd "$folder"
venv/bin/python - <<'PYTHON'
import pathlib
import subprocess
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

cell = new_code_cell("value = None", metadata={"tags": ["parameters"]})
kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python"}}
nbformat.write(new_notebook(cells=[cell], metadata=kernel), "in.ipynb")


def passed(*arguments: str) -> object:
    """What the notebook would get; the cell is written and not run."""
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "--prepare-only", "--no-progress-bar", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "warn" not in run.stderr.lower().replace("filterwarnings", "")
    injected = [cell for cell in nbformat.read("out.ipynb", 4).cells if "injected-parameters" in cell.metadata.get("tags", ())]
    names: dict[str, object] = {}
    exec(injected[0].source, names)
    return names["value"]


seen = {text: passed("-p", "value", text) for text in ("1_2", "2026_12", "007", "inf", "False", "false", "0.1.2", "1e-3")}
for text, value in seen.items():
    print(f"-p value {text}: {value!r}, which `if` takes for {bool(value)}")
assert seen["1_2"] == 12 and seen["2026_12"] == 202_612 and seen["007"] == 7 and seen["inf"] == float("inf")
assert seen["False"] is False and seen["false"] == "false" and seen["0.1.2"] == "0.1.2" and seen["1e-3"] == 0.001
assert passed("-r", "value", "1_2") == "1_2"
pathlib.Path("values.yaml").write_text("value: 1e-3\n")
print("value: 1e-3 in a file:", repr(passed("-f", "values.yaml")))
assert passed("-f", "values.yaml") == "1e-3"
PYTHON
