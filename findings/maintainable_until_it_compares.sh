#!/bin/sh
# radon's maintainability index of 600 lines of loops and branches is 100, the best, and 0, the worst, after one `is None`.
# Versions: radon 6.0.1 (March 2023, the newest), mando 0.7.1, colorama 0.4.6.
# Expected: lines, branches and volume lower the index, and a file of 100 loops, branches and handlers in one function has rank C.
# Seen: the volume counts arithmetic, comparisons, `and`, `or` and `not` only, so a file of calls, assignments and bare conditions
# has none; and without a volume the index is 100, whatever the lines and branches. `radon mi` gives such a file A (100.00), and one
# comparison more C (0.00). A function that adds two numbers has 89. xenon, wily and others build on radon. No warning is given.
# Known: #266 (2024, open) has that volumes are zero for complex files; the index is not named there.
# What it means: a script of pandas calls is perfect by measure, and the care of a check costs its rank. Rank by complexity, not by it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check radon==6.0.1 mando==0.7.1 colorama==0.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
from pathlib import Path

step = """    if ready_{0}:
        for row in rows_{0}:
            try:
                table.loc[row] = clean(table, row)
            except KeyError:
                table = repair(table, row)
"""
body = "def prepare(table):\n" + "".join(step.format(number) for number in range(100)) + "    return table\n"
Path("calls.py").write_text(body)
Path("compares.py").write_text(body.replace("if ready_0:", "if ready_0 is None:"))
Path("adds.py").write_text("def add(one, other):\n    return one + other\n")
PYTHON
venv/bin/radon mi --show calls.py compares.py adds.py | tee index
venv/bin/radon cc --show-complexity calls.py compares.py | tee complexity
grep -q "^calls.py - A (100.00)$" index
grep -q "^compares.py - C (0.00)$" index
grep -q "^adds.py - A (8[0-9]" index
test "$(grep -c "prepare - F (301)" complexity)" = 2
