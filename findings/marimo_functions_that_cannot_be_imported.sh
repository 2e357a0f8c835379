#!/bin/sh
# Of a notebook that marimo converted, some functions can be imported and others cannot.
# Versions: marimo 0.25.2, pandas 3.1.1.
# Expected: all functions lie inside cells, and none can be imported; or all can.
# Seen: a function that uses only its arguments becomes one of the module. One that uses a constant or an imported
# library of another cell stays inside its cell, where nobody can import it. The conversion says nothing of it.
# What it means: a helper works in a test, and the entry point beside it, which uses pandas, is not there.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check marimo==0.25.2 pandas==3.1.1
cd "$folder"
cat >notebook.py <<'PYTHON'
import json

cells = [
    "import pandas as pd",
    "RATE = 2",
    "def doubled(data):\n    return data * 2",
    "def scaled(data):\n    return data * RATE",
    "def predict(data):\n    return pd.Series(data)",
]
made = [
    {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": cell}
    for n, cell in enumerate(cells)
]
with open("notebook.ipynb", "w") as file:
    json.dump({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}, file)
PYTHON
venv/bin/python notebook.py
venv/bin/marimo -q convert notebook.ipynb -o converted.py
venv/bin/python - <<'PYTHON'
import converted

found = [name for name in ("doubled", "scaled", "predict") if hasattr(converted, name)]
print("can be imported:", found)
assert found == ["doubled"]
PYTHON
