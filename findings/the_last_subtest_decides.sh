#!/bin/sh
# In pytest-json-report a test that is wrong in three of four subtests has "passed", if the last is right: of three failures one
# is left.
# Versions: pytest 9.2.0 (October 2026) and pytest-json-report 1.5.0.
# Expected: a test with a failed subtest is failed, as the exit code 1 and the last line of the terminal say.
# Seen: since pytest 9 the subtests of `unittest` are reported by pytest itself, each with a state of its own, and the call of the
# test around them as passed. The plugin keeps the last state that it was told of. Three tests are wrong in eight of their twelve
# subtests. The one that ends with a wrong subtest is "failed"; the two that end with a right one are "subtests passed", like a
# test without a mistake, and their setup, call and teardown are all "passed". The wrong subtests are in no list. With pytest's
# own `subtests` both are failed. No warning is given.
# Known: pytest #14575 (June 2026, open) has that `--last-failed` forgets such tests; of the report no issue was seen.
# What it means: who grades by this report gives points by the order of the cases. Compare with the exit code, or with the JUnit
# file.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check pytest==9.2.0 pytest-json-report==1.5.0
cd "$folder"
cat > test_unittest.py <<'PYTHON'
import unittest


class Tests(unittest.TestCase):
    def check(self, right):
        for case in range(4):
            with self.subTest(case=case):
                self.assertIn(case, right)

    def test_last_is_right(self):
        self.check([3])

    def test_last_two_are_right(self):
        self.check([2, 3])

    def test_first_is_right(self):
        self.check([0])

    def test_all_are_right(self):
        self.check([0, 1, 2, 3])
PYTHON
cat > test_fixture.py <<'PYTHON'
import pytest


@pytest.mark.parametrize("right", ([3], [0], [0, 1, 2, 3]))
def test_cases(subtests, right):
    for case in range(4):
        with subtests.test(case=case):
            assert case in right
PYTHON
venv/bin/python - <<'PYTHON'
import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as tree


def graded(file: str) -> tuple[dict[str, str], dict[str, int], int, int]:
    """Outcome of each test and summary by the JSON report, failures by the JUnit file, and the exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--json-report", "--junitxml=junit.xml", file]
    run = subprocess.run(command, capture_output=True, text=True)
    assert "warning" not in run.stdout.lower() + run.stderr.lower()
    report = json.loads(pathlib.Path(".report.json").read_text())
    outcomes = {test["nodeid"].split("::")[-1]: test["outcome"] for test in report["tests"]}
    if "unittest" in file:
        assert {test["call"]["outcome"] for test in report["tests"]} == {"passed"}
    suite = tree.parse("junit.xml").getroot()[0]
    print(file, outcomes, report["summary"], "JUnit:", suite.attrib["failures"], "exit code", run.returncode)
    return outcomes, report["summary"], int(suite.attrib["failures"]), run.returncode


outcomes, summary, failures, code = graded("test_unittest.py")
assert outcomes["test_first_is_right"] == "failed"
assert outcomes["test_last_is_right"] == outcomes["test_last_two_are_right"] == outcomes["test_all_are_right"] == "subtests passed"
assert summary["failed"] == 1 and failures == 8 and code == 1
outcomes, summary, failures, code = graded("test_fixture.py")
assert summary["failed"] == 2 and code == 1
PYTHON
