#!/bin/sh
# Tests of one group run in several processes at once, and nothing says so.
# Versions: pytest 9.2.0 with pytest-xdist 3.8.0; as documented with pytest 9.0.2.
# Expected: with `--dist loadgroup` all tests that are marked `xdist_group("gpu")` run in one process.
# Seen: xdist appends "@gpu" to an attribute that pytest 9.2 no longer reads when it names a test.
# The names arrive without a group, so each test goes to whichever process is free. There is no warning.
# What it means: tests that share a device, a port or an expensive fixture now meet, and fixtures of a file are built
# in every process. A suite that grew slower or flaky with this pair of versions may have no other fault.
# `--dist loadfile` still keeps the tests of a file together. Reported in September 2026: pytest-xdist issue 1386.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cd "$folder"
for number in 1 2; do
    cat > "test_part_$number.py" <<'PYTHON'
import os
import time

import pytest


@pytest.mark.xdist_group("gpu")
@pytest.mark.parametrize("number", range(8))
def test_with_the_device(number):
    time.sleep(0.1)
    with open("workers.txt", "a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + "\n")
PYTHON
done

workers() { # VERSION HOW: in how many processes the sixteen tests ran
    venv/bin/pip install -q --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
    rm -f workers.txt
    venv/bin/pytest -q -p no:cacheprovider -n 2 --dist "$2" . >/dev/null
    sort -u workers.txt | wc -l
}

old=$(workers 9.0.2 loadgroup)
new=$(workers 9.2.0 loadgroup)
echo "pytest 9.0.2: one group in $old process; pytest 9.2.0: in $new"
[ "$old" -eq 1 ]
[ "$new" -eq 2 ]
