"""Tests that processes share are told as those of one process are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = """
from tests import sharing

def pytest_runtestloop(session):
    sharing.run(session, [[item] for item in session.items], 2)
    return True
"""
TESTS = """
import os, time, warnings
import pytest

@pytest.fixture(scope="module")
def slow():
    yield os.getpid()
    print("torn down")

def test_passes(slow):
    warnings.warn("mind", stacklevel=1)

def test_fails(slow, tmp_path):
    print("printed", "by it")
    assert slow == 0

def test_dies():
    if os.environ.get("DIES"):
        os._exit(3)

def test_takes_too_long():
    if os.environ.get("HANGS"):
        time.sleep(100)
"""


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, ("printed by it", "UserWarning: mind", "FAILED test_it.py::test_fails", "1 failed, 3 passed, 1 warning")),
        ({"DIES": "1"}, ("did not come to their end, test_it.py::test_dies among them", "1 failed, ")),
        ({"HANGS": "1"}, ("Timeout (>2.0s)", "FAILED test_it.py::test_takes_too_long")),
    ],
    ids=["as a rule", "one dies", "one hangs"],
)
def test_what_happens_in_a_process_is_told(tmp_path: Path, variables: dict[str, str], said: tuple[str, ...]) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(TESTS)
    root = str(Path(__file__).parent.parent)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    command += ["--timeout=2"] if "HANGS" in variables else []
    run = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": root, **variables}, capture_output=True, text=True, check=False
    )
    assert [words for words in said if words not in run.stdout] == [], run.stdout + run.stderr
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
