#!/bin/sh
# Tests that fail by chance in one run of ten fail 21 times in a row, as soon as pytest-randomly stands beside pytest-rerunfailures.
# Versions: pytest 9.1.1, pytest-randomly 5.1.0 and pytest-rerunfailures 16.7 (2026), numpy 2.4.6.
# Expected: `--reruns 20` runs a failed test up to 20 times more, so that one that fails by chance passes. Here 200 tests that each fail in
# 10 % need some 22 reruns, and none is left: 21 failures in a row have a chance of 1e-21.
# Seen: so it is without pytest-randomly, or with `--randomly-dont-reset-seed`. With both installed and no option, random numbers of Python
# and numpy begin anew before each test, by a seed made of the session's and the test's name. A rerun has the same name, so it draws the
# same numbers: each test that failed once fails 21 times, and 20 or so are left, in 400 reruns. The next session accuses other tests.
# Known: pytest-rerunfailures #125 (2020) and pytest-randomly #631 (2024), both closed: neither plugin takes it for its own.
# What it means: "it fails each time" is taken for a fault that repeats, and a test of a metric for one that judges. Seed tests by hand.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    pytest==9.1.1 pytest-randomly==5.1.0 pytest-rerunfailures==16.7 numpy==2.4.6
cd "$folder"
cat > test_accuracy.py <<'PYTHON'
import numpy as np
import pytest


@pytest.mark.parametrize("case", range(200))
def test_accuracy_of_a_sample(case):
    assert np.random.random() > 0.1
PYTHON
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import re
import subprocess
import sys

seen = {}
for name, options in (
    ("without pytest-randomly", ("-p", "no:randomly")),
    ("with it", ()),
    ("with it, another session", ()),
    ("with it, seeds not reset", ("--randomly-dont-reset-seed",)),
):
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "--reruns", "20", *options]
    text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    line = text.strip().splitlines()[-1]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (failed|passed|rerun)", line)}
    failed = {each.split()[1] for each in text.splitlines() if each.startswith("FAILED")}
    seen[name] = counts.get("failed", 0), counts["passed"], counts.get("rerun", 0), failed
    print(f"{name}: failed {seen[name][0]}, passed {seen[name][1]}, reruns {seen[name][2]}")

for name in ("without pytest-randomly", "with it, seeds not reset"):
    assert seen[name][0] == 0 and 5 < seen[name][2] < 60
for name in ("with it", "with it, another session"):
    assert 5 < seen[name][0] < 45 and seen[name][2] == 20 * seen[name][0]
assert seen["with it"][3] != seen["with it, another session"][3]
PYTHON
